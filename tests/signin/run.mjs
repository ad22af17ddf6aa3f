// Signing in by the house's directory and by its identity provider, against real ones: slapd and
// oidc-provider run as this test's own processes, and the program is asked over HTTP.
//   tests/signin/run     EVENHAND, EVENHAND_TEST_POSTGRES as for the stories; EVENHAND_WEB: the pages
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { broke, check, finish, must } from '../check.mjs';
import { walk } from './browser.mjs';
import { Directory, SERVICE_PASSWORD, SUFFIX, group } from './directory.mjs';
import { totp as code_at } from '../e2e/security.mjs';
import { Client, PROGRAM, ROOT, freePort, makeCertificate, run, start } from './place.mjs';

const is = (answer, status, where) => must(answer.status === status && (where === undefined || answer.where === where),
  `${answer.status} ${answer.text.slice(0, 300)}, wanted ${status} ${where ?? ''}`);

const totp = (secret) => code_at(secret, Date.now());

const folder = mkdtempSync(join(tmpdir(), 'evenhand-signin-'));
const tls = makeCertificate(join(folder, 'tls'), 'bank');
const other = makeCertificate(join(folder, 'tls'), 'stranger');
const directory = await Directory.start(folder, tls);
const providerPort = await freePort();
const issuer = `http://127.0.0.1:${providerPort}`;
let provider = null;
const running = new Set();

async function startProvider(redirects, env = {}) {
  await provider?.stop();
  provider = await start('node', [join(ROOT, 'tests/signin/provider.mjs')], (said) => said.includes('listening'),
    { env: { ...process.env, PORT: providerPort, REDIRECTS: redirects.join(' '), NODE_NO_WARNINGS: '1', ...env } });
}

const groups = `
[[group]]
name = "${group('collectors')}"
role = "collector"
team = "early"
[[group]]
name = "${group('leads')}"
role = "lead"
team = "early"
[[group]]
name = "collectors"
role = "collector"
team = "early"
[[group]]
name = "leads"
role = "lead"
team = "early"
`;
const ldap = (more = {}) => `[ldap]\n` + Object.entries({ url: directory.urls.secure, ca_file: tls.ca, base: `ou=people,${SUFFIX}`,
  bind_dn: `cn=evenhand,ou=services,${SUFFIX}`, bind_password_file: 'ldap.password', timeout_ms: 3000, create: true, ...more })
  .filter(([, value]) => value !== null).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');
const oidc = (port, more = {}) => `[oidc]\n` + Object.entries({ name: '统一身份认证', issuer, client_id: 'evenhand',
  client_secret_file: 'oidc.secret', redirect_uri: `http://127.0.0.1:${port}/sign-in/provider`, scope: 'openid profile groups',
  create: true, ...more }).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');

// One house with these settings; gives where it is and the first administrator's password.
let houses = 0;
async function house(settings, { data, options = ['--behind-proxy'], port, store } = {}) {
  data ??= join(folder, `house-${++houses}`);
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'ldap.password'), `${SERVICE_PASSWORD}\n`);
  writeFileSync(join(data, 'oidc.secret'), 'secret/of+the:test\n');
  writeFileSync(join(data, 'sign_in.toml'), settings + groups);
  port ??= await freePort();
  const place = ['--data', data, ...(store ? ['--store', store] : [])];
  const web = process.env.EVENHAND_WEB ? ['--web', process.env.EVENHAND_WEB] : [];
  const server = await start(PROGRAM, ['serve', ...place, '--listen', `127.0.0.1:${port}`, ...web, ...options],
    (said) => /^serving /m.test(said));
  running.add(server);
  const base = `http://127.0.0.1:${port}`;
  const password = /first password: (\S+)/.exec(server.said)?.[1];
  return { base, data, port, place, password, client: () => new Client(base),
    stop: async () => { running.delete(server); await server.stop(); } };
}

async function admin(at) {
  const client = at.client();
  is(await client.signIn('admin', at.password), 200);
  is(await client.call('POST', '/session/password', { old_password: at.password, new_password: 'a long enough phrase' }), 200);
  is(await client.call('GET', '/session'), 200);
  return client;
}

// Goes to the provider as a browser would, and gives the parameters it comes back with.
async function atProvider(client, name, { begin } = {}) {
  begin ??= await client.call('POST', '/session/provider/begin');
  is(begin, 200);
  let url = begin.json.url;
  for (let steps = 0; steps < 12; ++steps) {
    if (url.startsWith(`${client.base}/sign-in/provider`)) return Object.fromEntries(new URL(url).searchParams);
    let answer = await client.ask(url);
    if (answer.status === 200) {  // a page of the provider: signing in, then consent
      const login = answer.text.includes('name="login"');
      answer = await client.ask(url, { method: 'POST',
        form: login ? { prompt: 'login', login: name, password: 'any' } : { prompt: 'consent' } });
    }
    must(answer.location, `the provider: ${answer.status} ${answer.text.slice(0, 300)}`);
    url = new URL(answer.location, url).href;
  }
  throw new Error('the provider does not come to an end');
}
const back = (client, given, more = {}) => client.call('POST', '/session/provider',
  { state: given.state, authorization_code: given.code, issuer: given.iss, ...more });

async function directoryTests(store, place) {
  const at = await house(ldap(), { store: place });
  const boss = await admin(at);
  const says = (what, act) => check(`${store}: ${what}`, act);
  await says('a user of the directory signs in by LDAPS, is made, and gets the role of the group', async () => {
    const answer = await at.client().signIn('li.ming', 'li-ming-password');
    is(answer, 200);
    must(answer.json.user.role === 'collector' && answer.json.user.team === 'early' && answer.json.user.shown_name === '李明' &&
      answer.json.sign_in_by === 'directory', answer.text);
  });
  await says('wrong, empty and blank passwords do not, nor do names that mean something to a filter', async () => {
    is(await at.client().signIn('li.ming', 'wrong'), 401);
    for (const password of ['', ' ', '*']) is(await at.client().signIn('li.ming', password), 401);
    for (const name of ['*', 'li*', 'li.ming)(uid=*', 'nobody.here', 'uid=li.ming', 'ｌi.ming']) is(await at.client().signIn(name, 'li-ming-password'), 401);
  });
  await says('a name in capitals is the same name, and counts as the same guess', async () => {
    const client = at.client();
    is(await client.signIn('LI.MING', 'li-ming-password'), 200);
    const guesser = at.client();
    for (const name of ['li.ming', 'Li.ming', 'lI.ming', 'LI.ming', 'li.Ming']) is(await guesser.signIn(name, 'guess'), 401);
    is(await guesser.signIn('li.MING', 'li-ming-password'), 429);
    is(await at.client().signIn('li.ming', 'li-ming-password'), 200);  // elsewhere nobody is held up
  });
  await says('who is in no group that may work here is told so and not let in', async () => {
    is(await at.client().signIn('zhao.lei', 'zhao-lei-password'), 403, 'no_group');
  });
  await says('the name of a local user is not taken over', async () => {
    is(await at.client().signIn('admin', 'elsewhere-admin-password'), 401);
    is(await at.client().signIn('admin', 'a long enough phrase'), 200);
  });
  await says('a move to another group is followed at the next sign-in, and ends older sessions', async () => {
    const before = at.client();
    is(await before.signIn('li.ming', 'li-ming-password'), 200);
    directory.move('li.ming', 'collectors', 'leads');
    const answer = await at.client().signIn('li.ming', 'li-ming-password');
    is(answer, 200);
    must(answer.json.user.role === 'lead', answer.text);
    is(await before.call('GET', '/session'), 401);
    directory.move('li.ming', 'leads', 'collectors');
  });
  await says('the second step is asked for after the directory’s password too', async () => {
    const client = at.client();
    is(await client.signIn('wang.fang', 'wang-fang-password'), 200);
    is(await client.call('POST', '/session/second-step', { password: 'not it' }), 400, 'password');
    is(await client.call('POST', '/session/second-step', { password: '' }), 400, 'password');
    const set = await client.call('POST', '/session/second-step', { password: 'wang-fang-password' });
    is(set, 200);
    const made = await client.call('POST', '/session/second-step/confirm', { code: totp(set.json.secret) });
    is(made, 200);
    is(await at.client().signIn('wang.fang', 'wang-fang-password'), 401, 'second_step');
    is(await at.client().signIn('wang.fang', 'wang-fang-password', '000000'), 401, 'second_step');
    is(await at.client().signIn('wang.fang', 'wang-fang-password', made.json.recovery_codes[0]), 200);
  });
  await says('there is no password of ours to change or reset', async () => {
    const client = at.client();
    is(await client.signIn('li.ming', 'li-ming-password'), 200);
    is(await client.call('POST', '/session/password', { old_password: 'li-ming-password', new_password: 'another long phrase' }), 409);
    const { json: { items } } = await boss.call('GET', '/users');
    const { user_id } = items.find((one) => one.user_name === 'li.ming');
    is(await boss.call('POST', `/users/${user_id}/password`), 409);
    is(await boss.call('POST', `/users/${user_id}/active`, { active: false }), 200);
    is(await at.client().signIn('li.ming', 'li-ming-password'), 403, 'put_out');
    is(await boss.call('POST', `/users/${user_id}/active`, { active: true }), 200);
  });
  await at.stop();
  return at;
}

async function safetyTests() {
  const tries = async (settings, status, text) => {
    const at = await house(settings);
    const answer = await at.client().signIn('li.ming', 'li-ming-password');
    await at.stop();
    must(answer.status === status && (!text || answer.text.includes(text)), `${answer.status} ${answer.text}`);
  };
  await check('StartTLS does as LDAPS does', () => tries(ldap({ url: directory.urls.plain, start_tls: true }), 200));
  await check('binding at once as the name, without an account to search by', () => tries(
    ldap({ base: null, bind_dn: null, bind_password_file: null, user_dn: `uid={name},ou=people,${SUFFIX}` }), 200));
  await check('groups found by a search of their own', () => tries(
    ldap({ group_base: `ou=groups,${SUFFIX}`, group_attribute: 'none' }), 200));
  await check('a certificate of another CA is not trusted', () => tries(ldap({ ca_file: other.ca }), 503));
  await check('nor is it over StartTLS', () => tries(ldap({ url: directory.urls.plain, start_tls: true, ca_file: other.ca }), 503));
  await check('a certificate that is not of this host is not trusted', () => tries(
    ldap({ url: directory.urls.misnamed }), 503));
  await check('nobody made a user, and the directory may not', () => tries(ldap({ create: false }), 403, 'no_user'));
  await check('a directory that is down says so; an administrator still signs in, and nobody is held up for it', async () => {
    const at = await house(ldap({ url: `ldaps://127.0.0.1:${await freePort()}` }));
    const client = at.client();
    for (let tried = 0; tried < 8; ++tried) is(await client.signIn('li.ming', 'li-ming-password'), 503);
    is(await at.client().signIn('admin', at.password), 200);
    await at.stop();
  });
  await check('passwords in clear over a network, and settings that let nobody in, are refused at the start', async () => {
    for (const [settings, word] of [[ldap({ url: 'ldap://directory.bank.example' }), 'in clear'], ['[ldap]\nurl = "ldaps://x"\nbad = 1\n', 'no such setting']]) {
      const refused = await house(settings).then(() => '', (error) => error.message);
      must(refused.includes(word) && refused.includes('sign_in.toml:'), refused || 'it started');
    }
  });
  await check('passwords of ours can be for administrators only', async () => {
    const at = await house(`passwords = "admins"\n${ldap()}`);
    const boss = await admin(at);
    const made = await boss.call('POST', '/users', { user_name: 'chen.jie', shown_name: '陈杰', role: 'collector' });
    is(made, 200);
    is(await at.client().signIn('chen.jie', made.json.first_password), 403, 'password_off');
    is(await at.client().signIn('chen.jie', 'wrong'), 401);
    is(await at.client().signIn('admin', 'a long enough phrase'), 200);
    const { json } = await at.client().call('GET', '/session/ways');
    must(json.passwords_for_admins_only && json.directory && json.provider === null, JSON.stringify(json));
    await at.stop();
  });
  await check('who is gone from the directory does not sign in any more', async () => {
    const at = await house(ldap());
    is(await at.client().signIn('li.ming', 'li-ming-password'), 200);
    directory.remove('li.ming');
    is(await at.client().signIn('li.ming', 'li-ming-password'), 401);
    await at.stop();
  });
}

async function providerTests(store, place) {
  const port = await freePort(), redirects = [`http://127.0.0.1:${port}/sign-in/provider`];
  const says = (what, act) => check(`${store}: ${what}`, act);
  await startProvider(redirects);
  const at = await house(oidc(port), { port, store: place });
  const boss = await admin(at);
  let learned = 0;
  await says('a user of the provider signs in with the code, PKCE, state and nonce', async () => {
    const client = at.client();
    const begin = await client.call('POST', '/session/provider/begin');
    const asked = new URL(begin.json.url).searchParams;
    must(asked.get('code_challenge_method') === 'S256' && asked.get('code_challenge').length === 43 && asked.get('state').length === 64 &&
      asked.get('nonce').length === 64 && asked.get('redirect_uri') === redirects[0], begin.json.url);
    must(begin.cookies.every((line) => /HttpOnly; SameSite=Strict; Max-Age=600; Secure/.test(line)), begin.cookies.join());
    const given = await atProvider(client, 'wang.fang', { begin });
    must(given.iss === issuer, JSON.stringify(given));
    const answer = await back(client, given);
    learned = Date.now();
    is(answer, 200);
    must(answer.json.user.role === 'lead' && answer.json.user.user_name === 'wang.fang' && answer.json.sign_in_by === 'provider', answer.text);
    is(await client.call('GET', '/session'), 200);
    is(await back(client, given), 401, 'begin_again');  // used once
  });
  await says('who did not begin in this browser does not come in: no cookie, another’s cookie, another state', async () => {
    const attacker = at.client(), victim = at.client();
    const given = await atProvider(attacker, 'li.ming');
    is(await back(victim, given), 401, 'begin_again');  // login CSRF: the attacker's code in the victim's browser
    await victim.call('POST', '/session/provider/begin');
    is(await back(victim, given), 401, 'begin_again');
    is(await back(attacker, { ...given, state: 'x'.repeat(64) }), 401, 'begin_again');
    is(await back(attacker, given), 401, 'begin_again');  // the wrong state used it up
  });
  await says('a code of another sign-in, a made-up one and another issuer are refused', async () => {
    const one = at.client(), two = at.client();
    const first = await atProvider(one, 'li.ming'), second = await atProvider(two, 'li.ming');
    is(await back(two, { ...second, code: first.code }), 401);  // PKCE: not this verifier's
    const three = at.client(), third = await atProvider(three, 'li.ming');
    is(await back(three, { ...third, code: 'made-up' }), 401);
    const four = at.client(), fourth = await atProvider(four, 'li.ming');
    is(await back(four, { ...fourth, iss: 'https://evil.example' }), 401);
  });
  await says('groups decide here too: none that is named, no sign-in; the local administrator’s name is not taken', async () => {
    const zhao = at.client();
    is(await back(zhao, await atProvider(zhao, 'zhao.lei')), 403, 'no_group');
    const claims = at.client();
    is(await back(claims, await atProvider(claims, 'admin')), 403, 'other_account');
  });
  await says('put out here is put out', async () => {
    const { json: { items } } = await boss.call('GET', '/users');
    const { user_id } = items.find((one) => one.user_name === 'wang.fang');
    is(await boss.call('POST', `/users/${user_id}/active`, { active: false }), 200);
    const client = at.client();
    is(await back(client, await atProvider(client, 'wang.fang')), 403, 'put_out');
    is(await boss.call('POST', `/users/${user_id}/active`, { active: true }), 200);
  });
  await says('a second step of ours is asked for after the provider, and the sign-in waits for it', async () => {
    const client = at.client();
    is(await back(client, await atProvider(client, 'wang.fang')), 200);
    const set = await client.call('POST', '/session/second-step', { password: '' });  // signed in just now
    is(set, 200);
    const made = await client.call('POST', '/session/second-step/confirm', { code: totp(set.json.secret) });
    is(made, 200);
    const again = at.client();
    const given = await atProvider(again, 'wang.fang');
    is(await back(again, given), 401, 'second_step');
    is(await back(again, given, { code: '000000' }), 401, 'second_step');
    is(await back(at.client(), given, { code: made.json.recovery_codes[0] }), 401, 'begin_again');
    is(await back(again, given, { code: made.json.recovery_codes[1] }), 200);
  });
  return { at, redirects, says, learned };
}

// Other algorithms, claims from userinfo, and new keys in place of the known ones.
async function keyTests({ at, redirects, says, learned }) {
  const enters = async (where) => {
    const client = where.client();
    is(await back(client, await atProvider(client, 'li.ming')), 200);
  };
  await says('new keys of the provider are learned when a token needs them', async () => {
    const wait = learned + 61_000 - Date.now();  // they are asked for anew at most once a minute
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await startProvider(redirects, { KEYS: 'second' });
    await enters(at);
  });
  await at.stop();
  for (const ALG of ['PS256', 'ES256', 'EdDSA'])
    await check(`id_tokens by ${ALG}, groups by userinfo`, async () => {
      await startProvider(redirects, { ALG, GROUPS_IN: 'userinfo' });
      const fresh = await house(oidc(at.port), { port: at.port });
      await enters(fresh).finally(() => fresh.stop());
    });
  await check('a wrong client secret is the house’s fault and said so; a provider that is down too', async () => {
    const wrong = await house(oidc(at.port, { client_secret_file: 'ldap.password' }), { port: at.port });
    const client = wrong.client();
    is(await back(client, await atProvider(client, 'li.ming')), 503);
    await wrong.stop();
    const renamed = await house(oidc(at.port, { issuer: `http://localhost:${providerPort}` }), { port: at.port });
    const told = await renamed.client().call('POST', '/session/provider/begin');
    must(told.status === 503 && told.text.includes('write issuer just so'), told.text);
    await renamed.stop();
    await provider.stop();
    const down = await house(oidc(at.port), { port: at.port });
    is(await down.client().call('POST', '/session/provider/begin'), 503);
    is(await down.client().signIn('admin', down.password), 200);
    await down.stop();
  });
}

try {
  await directoryTests('sqlite');
  const opened = await providerTests('sqlite');
  if (process.env.EVENHAND_TEST_POSTGRES) {
    const schema = `signin_${process.pid}`;
    const server = process.env.EVENHAND_TEST_POSTGRES;
    run('psql', ['-q', server, '-c', `CREATE SCHEMA ${schema}`]);
    try {
      const place = `${server}?options=-csearch_path%3D${schema}`;
      await directoryTests('postgres', place);
      run('psql', ['-q', server, '-c', `DROP SCHEMA ${schema} CASCADE`, '-c', `CREATE SCHEMA ${schema}`]);
      await (await providerTests('postgres', place)).at.stop();
    } finally {
      run('psql', ['-q', server, '-c', `DROP SCHEMA ${schema} CASCADE`]);
    }
  }
  await walk({ check, must, folder, house, startProvider, oidc, ldap, freePort });
  await startProvider(opened.redirects);
  await keyTests(opened);
  await safetyTests();
} catch (error) {
  broke('between the cases', error);
} finally {
  for (const server of running) await server.stop();
  await provider?.stop();
  await directory.stop();
  rmSync(folder, { recursive: true, force: true });
}
finish();
