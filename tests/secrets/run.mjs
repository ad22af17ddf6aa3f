// After a day's work nothing about a person is readable without the key: not in the data folder,
// not in the PostgreSQL dump, not in the log, in no form. Ten thousand known names, numbers and
// addresses go in by the lender's files; notes, reasons and a document by the people at work.
//   tests/secrets/run.mjs      EVENHAND, EVENHAND_TEST_POSTGRES as for the stories
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { broke, check, finish, must } from '../check.mjs';
import { World } from '../stories/world.mjs';
import { Finder, FORMS, formsOf } from './find.mjs';

const ACCOUNTS = 3000;

function cells(path) {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n').map((line) => line.split(','));
  return lines.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i]])));
}

// What the sample's files say of persons.
function secretsOf(folder) {
  const found = new Set();
  const take = (file, columns) => {
    for (const row of cells(join(folder, file))) for (const name of columns) if (row[name]) found.add(row[name]);
  };
  take('customers.csv', ['name', 'citizen_id', 'address']);
  take('contacts.csv', ['name', 'value']);
  take('guarantors.csv', ['name', 'citizen_id', 'phone']);
  return [...found];
}

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

// Two nights, and a day in which each kind of text is written down; gives what was written, and
// what is to be seen only while the server lives.
async function day(world, sample) {
  world.now = '2026-11-20T10:00:00+08:00';
  world.ensureStaff();
  const csv = readdirSync(sample).filter((name) => name.endsWith('.csv')).map((name) => join(sample, name));
  world.run(['import', '--mapping', join(sample, 'mapping.toml'), '--as-of', '2026-11-19', ...csv]);
  for (const date of ['2026-11-19', '2026-11-20']) world.run(['nightly', '--date', date]);
  const written = [];
  const say = (text) => (written.push(text), text);
  await world.start();
  const lead = world.userOf('lead');
  const { body: { items } } = await world.call(lead, 'GET', '/cases');
  must(items?.length >= 20, `cases: ${world.answer.text.slice(0, 200)}`);
  const ok = (what) => must(world.answer.status === 200, `${what}: ${world.answer.text.slice(0, 300)}`);
  let shown = 0;
  for (const [at, one] of items.slice(0, 20).entries()) {
    const path = `/cases/${one.case_id}`;
    const { body: file } = await world.call(lead, 'GET', path);
    ok('a case');
    await world.call(lead, 'POST', `${path}/notes`, { text: say(`本人在第${at}医院住院，女儿陪护电话改晚上`) });
    ok('a note');
    await world.call(lead, 'POST', `${path}/permits`, { contact_point_id: file.contact_points[0].contact_point_id,
      channel: 'call', purpose: 'collect', says_debt: true, idempotency_key: `secrets-${at}` });
    if (world.answer.body?.permit_id) {
      ++shown;
      await world.call(lead, 'POST', `/permits/${world.answer.body.permit_id}/outcome`,
        { outcome: 'connected_right_party', note: say(`答应发工资后还，公司在延安路${at + 10}号`) });
      ok('an outcome');
    }
    await world.call(lead, 'POST', `${path}/holds`, { kind: 'hardship', reason: say(`上月失业并确诊，诊断证明第${at}号已看`) });
    ok('a hold');
  }
  must(shown > 0, `no permit: ${world.answer.text.slice(0, 300)}`);
  await world.call(lead, 'POST', '/documents', { case_id: items[0].case_id, kind: 'letter', source: 'customer',
    file_name: say('张家困难申请书扫描件.txt'),
    content_base64: Buffer.from(say('本人因病住院三个月，家庭收入中断，申请停息挂账。'.repeat(20)).slice(0, 400)).toString('base64') });
  ok('a document');
  // What a person asks about their own data, what they are told, and what is put right.
  const keeper = world.userOf('compliance');
  const { body: asked } = await world.call(keeper, 'POST', '/rights-requests', { case_id: items[1].case_id, kind: 'correct',
    received_by: 'letter', identity: 'original_id', text: say('本人已改名，原名系养父所取，请一并更正') });
  ok('a request');
  const request = `/cases/${items[1].case_id}/rights-requests/${asked.request.request_id}`;
  await world.call(keeper, 'POST', `${request}/correct`, { field: 'name', value: say('欧阳改名者') });
  ok('a correction');
  await world.call(keeper, 'POST', `${request}/grant`, { text: say('已按户口簿更正姓名，并告知委托银行') });
  ok('an answer');
  await world.call(lead, 'GET', `/cases?q=${encodeURIComponent(cells(join(sample, 'customers.csv'))[3].name)}`);
  await world.call(lead, 'GET', '/session');
  // While the server lives SQLite's WAL holds what the file does not have yet.
  const wal = join(world.data, 'casebook.sqlite-wal');
  const live = existsSync(wal) ? [['the WAL', readFileSync(wal)]] : [];
  const port = /^metrics on port (\d+)$/m.exec(world.said)?.[1];
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  live.push(['the metrics', Buffer.from(metrics)]);
  const elsewhere = await fetch(`http://127.0.0.1:${port}/api/v1/health`);
  await world.stop();
  world.run(['seal']);
  return { metrics, elsewhere: elsewhere.status, written: written.map((text) => text.slice(0, 40)), live };
}

for (const store of process.env.EVENHAND_TEST_POSTGRES ? ['sqlite', 'postgres'] : ['sqlite']) {
  const world = new World(store);
  world.serveOptions = ['--log-requests', '--metrics-listen', '127.0.0.1:0'];
  const sample = join(world.folder, 'in');
  try {
    world.run(['sample', '--accounts', String(ACCOUNTS), '--seed', '31', '--as-of', '2026-11-19', '--out', sample]);
    const known = secretsOf(sample);
    await check(`${store}: the sample knows ten thousand secrets`, () => must(known.length >= 10_000, `${known.length}`));
    const { written, live, metrics, elsewhere } = await day(world, sample);
    await check(`${store}: the metrics tell the night, the requests and the store, and nothing else is there`, () => {
      for (const line of [/^evenhand_up 1$/m, /^evenhand_night_state\{state="done"\} 1$/m, /^evenhand_night_accounts 3000$/m,
        /^evenhand_night_stage_seconds\{stage="accrue"\} [\d.e-]+$/m, /^evenhand_night_stage_rows\{stage="report"\} 3000$/m,
        /^evenhand_http_requests_total\{method="POST",route="\/api\/v1\/cases\/\{case_id\}\/permits",status="200"\} 20$/m,
        /^evenhand_http_request_duration_seconds_bucket\{.*route="\/api\/v1\/cases".*le="\+Inf"\} \d+$/m,
        /^evenhand_store_write_seconds [\d.e-]+$/m, /^evenhand_facts_unsealed \d+$/m, /^evenhand_log_entries [1-9]\d*/m,
        /^process_resident_memory_bytes [1-9]/m, /^process_open_fds [1-9]/m])
        must(line.test(metrics), `${line}\n${metrics.slice(0, 3000)}`);
      must(elsewhere === 404, `another address there answers ${elsewhere}`);
    });
    // A customer may have the name of somebody who works here; that one stands on every page.
    const staff = world.run(['user list']).stdout;
    const finder = new Finder([...known.filter((text) => !staff.includes(text)), ...written]);
    await check(`${store}: each form of a secret is found where it is put`, () => {
      for (const text of [known[0], known[5000], written[0]])
        for (const form of FORMS) {
          const bytes = Buffer.concat([Buffer.from('x'.repeat(1001)), formsOf(text)[form], Buffer.from('y')]);
          must(finder.in(bytes).some((one) => one.text === text), `${form} is not found`);
        }
    });
    const places = [...files(world.data)].map((path) => [relative(world.data, path), readFileSync(path)]);
    places.push(...live, ['the server’s log', Buffer.from(world.said)]);
    for (const what of ['book export', 'worklist'])
      places.push([what, Buffer.from(world.run([what, '--date', '2026-11-20', '--format', 'csv']).stdout)]);
    if (store === 'postgres') {
      const dump = spawnSync('pg_dump', ['--inserts', world.schemaUrl.server, '--schema', world.schemaUrl.schema], { maxBuffer: 1 << 30 });
      must(dump.status === 0, `pg_dump: ${dump.stderr}`);
      places.push(['pg_dump', dump.stdout]);
    }
    let size = 0;
    for (const [, bytes] of places) size += bytes.length;
    await check(`${store}: ${places.length} files, ${(size / 1e6).toFixed(1)} MB, hold none of ${finder.count} secrets in ${FORMS.length} forms`, () => {
      const faults = [];
      for (const [name, bytes] of places)
        for (const one of finder.in(bytes, 3)) faults.push(`${name} at ${one.at}: ${one.form} of a text of ${one.text.length} characters (${one.text.slice(0, 1)}…)`);
      must(faults.length === 0, faults.slice(0, 30).join('\n'));
      must(size > 1_000_000, `only ${size} bytes were looked at`);
    });
  } catch (error) {
    broke(`${store}: the day`, error);
  } finally {
    await world.close();
  }
}
finish();
