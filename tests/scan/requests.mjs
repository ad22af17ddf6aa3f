// Every route of the API as a request that is answered, with a `*` after each value it carries. Ids are of what the
// world really has; bodies come from their schemas. A route whose ids nobody can give is asked with an id of nobody.

// These end the session the scanners use, or change who may sign in; they are asked as others do.
const LEFT_OUT = new Set(['DELETE /api/v1/session', 'DELETE /api/v1/session/devices', 'POST /api/v1/session/password',
  'POST /api/v1/session/second-step', 'POST /api/v1/session/second-step/confirm', 'POST /api/v1/users/{user_id}/password',
  'POST /api/v1/session']);

function valueOf(schema, name, known, components, depth = 0) {
  if (schema.$ref) return valueOf(components[schema.$ref.split('/').at(-1)], name, known, components, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, one]) =>
      [key, valueOf(one, key, known, components, depth + 1)]));
  }
  if (type === 'array') return depth > 4 ? [] : [valueOf(schema.items, name.replace(/s$/, ''), known, components, depth + 1)];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return Number(known[name] ?? 1);
  if (schema.enum) return `${schema.enum[0]}*`;
  if (known[name]) return `${known[name]}*`;
  if (schema.format === 'date') return `${known.date}*`;
  if (schema.format === 'date-time') return '2026-11-20T02:00:00Z*';
  return 'a*';
}

async function idsOf(world) {
  const admin = world.userOf('admin');
  const get = async (path, take) => take((await world.call(admin, 'GET', path)).body ?? {});
  const post = async (path, body, take) => take((await world.call(admin, 'POST', path, body)).body ?? {});
  const known = { date: '2026-11-20', from: '2026-11-19', to: '2026-11-20', file: 'bucket.dmn', channel: 'call', purpose: 'collect',
    bucket: 'M1', kind: 'dispute', q: '张伟', path: 'checkpoint', holder: 'agency:scan', role: 'collector', scope: 'case', state: 'draft' };
  known.case_id = await get('/cases', (b) => b.items?.[0]?.case_id);
  const file = await get(`/cases/${known.case_id}`, (b) => b);
  known.customer_no = known.subject = known.case_id;
  known.contact_point_id = file.contact_points?.[0]?.contact_point_id;
  known.account_no = file.accounts?.[0]?.account_no;
  known.hold_id = await post(`/cases/${known.case_id}/holds`, { kind: 'dispute', reason: '对账单有异议' }, (b) => b.hold_id);
  known.document_id = await post('/documents', { case_id: known.case_id, kind: 'letter', source: 'customer', file_name: '信.txt',
    content_base64: Buffer.from('本人因病住院').toString('base64') }, (b) => b.document_id);
  known.version_id = await post('/drafts', { file: 'bucket.dmn', note: '试改' }, (b) => b.version?.version_id);
  known.legal_hold_id = await post('/legal-holds', { scope: 'case', subject: known.case_id, reason: '诉讼保全' }, (b) => b.legal_hold_id);
  known.batch_id = await get('/imports', (b) => (b.items ?? b)[0]?.batch_id);
  known.fact_id = await get('/evidence/events', (b) => (b.items ?? b.events)?.[0]?.fact_id);
  known.user_id = await get('/users', (b) => (b.items ?? b).find?.((one) => one.role === 'collector')?.user_id);
  const missing = Object.keys(known).filter((name) => known[name] === undefined);
  if (missing.length) console.log(`        nobody gave ${missing.join(', ')}: asked with ids of nobody`);
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]));
}

export async function requests(world, openapi) {
  const known = await idsOf(world);
  const all = [];
  for (const [route, methods] of Object.entries(openapi.paths))
    for (const [name, one] of Object.entries(methods)) {
      const method = name.toUpperCase();
      if (LEFT_OUT.has(`${method} ${route}`)) continue;
      const queries = (one.parameters ?? []).filter((p) => p.in === 'query');
      const path = route.replace(/\{(\w+)\}/g, (_, id) => `${encodeURIComponent(known[id] ?? '1')}*`)
        + (queries.length ? '?' + queries.map((p) => `${p.name}=${encodeURIComponent(known[p.name] ?? '1')}*`).join('&') : '');
      const schema = one.requestBody?.content?.['application/json']?.schema;
      const body = schema && valueOf(schema, '', known, openapi.components.schemas);
      if (!path.includes('*') && !JSON.stringify(body ?? '').includes('*')) {
        if (method === 'GET') all.push({ method, route, path: `${path}?page=1*` });
        continue; // it carries nothing
      }
      all.push({ method, route, path, body });
    }
  // Who is not signed in says more than all others do: a name, a password, a cookie, a key.
  all.push({ method: 'POST', route: 'sign-in', path: '/api/v1/session', body: { user_name: 'admin*', password: 'x*' }, headers: {} });
  all.push({ method: 'GET', route: 'cookie', path: '/api/v1/session', headers: { cookie: 'evenhand_session=abc*' } });
  all.push({ method: 'GET', route: 'key', path: '/api/v1/session', headers: { authorization: 'Bearer eh_abc*' } });
  return all;
}
