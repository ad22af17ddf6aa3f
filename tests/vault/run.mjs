// Keys and root change while two servers serve people at work: no request fails, every row from
// before stays readable, the old keys are destroyed, and a backup from before cannot be opened.
//   tests/vault/run.mjs [--long]     EVENHAND, EVENHAND_TEST_POSTGRES as for the stories
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { broke, check, finish, must } from '../check.mjs';
import { PROGRAM, World } from '../stories/world.mjs';

const LONG = process.argv.includes('--long');
const ACCOUNTS = LONG ? 20_000 : 2_000;
const PEOPLE = 6;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A second server on the same store, as another node would be.
async function another(world) {
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
  const server = spawn(PROGRAM, ['serve', ...world.place, '--now', world.now, '--listen', `127.0.0.1:${port}`,
    '--web', world.pages()], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const pipe of [server.stdout, server.stderr]) pipe.on('data', (text) => { said += text; });
  for (let i = 0; i < 400 && !/^serving /m.test(said); i++) await sleep(25);
  must(/^serving /m.test(said), `the second server: ${said}`);
  return { base: `http://127.0.0.1:${port}`, stop: () => new Promise((resolve) => {
    server.on('exit', resolve);
    server.kill('SIGTERM');
  }) };
}

async function ask(base, session, method, path, body) {
  const response = await fetch(`${base}/api/v1${path}`, { method,
    headers: { cookie: session.cookie, 'x-csrf-token': session.csrf, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

// People who look, write, look again and search, on either server, until told to stop.
function work(bases, session, cases, name) {
  const seen = { requests: 0, failures: [], stop: false, slowest_ms: 0 };
  const one = async (who) => {
    for (let i = 0; !seen.stop; i++) {
      const path = `/cases/${cases[(who * 7 + i) % cases.length]}`;
      const call = async (method, to, body, holds) => {
        const begun = performance.now();
        const base = bases[(who + i) % bases.length];
        const answer = await ask(base, session, method, to, body).catch((error) => ({ status: 0, text: `${error}` }));
        seen.requests++;
        seen.slowest_ms = Math.max(seen.slowest_ms, performance.now() - begun);
        if (answer.status !== 200 || !holds(answer.text))
          seen.failures.push(`${method} ${to}: ${answer.status} ${answer.text.slice(0, 200)}`);
      };
      const text = `第${who}人第${i}次致电，答应月底还`;
      await call('POST', `${path}/notes`, { text }, () => true);
      await call('GET', path, undefined, (shown) => shown.includes(text));
      await call('GET', `/cases?q=${encodeURIComponent(name)}`, undefined, (shown) => JSON.parse(shown).items.length > 0);
    }
  };
  seen.all = Promise.all([...Array(PEOPLE).keys()].map(one));
  return seen;
}

// What persons' files say: masked as on the page, notes and reasons as the timeline shows them.
async function everything(base, session, admin, cases, own) {
  const all = {};
  for (const id of cases) {
    const shown = await ask(base, session, 'GET', `/cases/${id}`);
    must(shown.status === 200, `case ${id}: ${shown.text.slice(0, 200)}`);
    const file = JSON.parse(shown.text);
    all[id] = { masked: file.name_masked, points: file.contact_points, notes: shown.text.match(/旧记录[^"]*/g) };
  }
  // A name in clear; there is a limit an hour.
  all.clear = [];
  for (const id of own) {
    const clear = await ask(base, admin, 'POST', `/cases/${id}/unmask`, { field: 'name', reason: 'identity_check', text: '' });
    must(clear.status === 200, `name of ${id}: ${clear.text}`);
    all.clear.push(JSON.parse(clear.text).value);
  }
  return all;
}

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

function backup(world, store) {
  if (store === 'sqlite') {
    const folder = join(world.folder, 'backup');
    mkdirSync(folder);
    for (const end of ['', '-wal']) {
      const from = join(world.data, `casebook.sqlite${end}`);
      if (existsSync(from)) copyFileSync(from, join(folder, `casebook.sqlite${end}`));
    }
    return ['--data', folder, '--key', `${world.data}.key`];
  }
  const dump = spawnSync('pg_dump', [world.schemaUrl.server, '--schema', world.schemaUrl.schema], { maxBuffer: 1 << 30 });
  must(dump.status === 0, `pg_dump: ${dump.stderr}`);
  // Restored under another name, as into another database.
  const other = `${world.schemaUrl.schema}_backup`;
  const text = dump.stdout.toString().replaceAll(world.schemaUrl.schema, other);
  const restore = () => {
    const done = spawnSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', world.schemaUrl.server], { input: text, encoding: 'utf8' });
    must(done.status === 0, `psql: ${done.stderr}`);
  };
  restore();
  return ['--data', join(world.folder, 'backup'), '--key', `${world.data}.key`, '--store',
    `${world.schemaUrl.server}?options=-csearch_path%3D${other}`];
}

async function prepare(world) {
  const sample = join(world.folder, 'in');
  world.run(['sample', '--accounts', String(ACCOUNTS), '--seed', '7', '--as-of', '2026-11-19', '--out', sample]);
  world.now = '2026-11-20T10:00:00+08:00';
  world.ensureStaff();
  const csv = readdirSync(sample).filter((name) => name.endsWith('.csv')).map((name) => join(sample, name));
  world.run(['import', '--mapping', join(sample, 'mapping.toml'), '--as-of', '2026-11-19', ...csv]);
  for (const date of ['2026-11-19', '2026-11-20']) world.run(['nightly', '--date', date]);
  await world.start();
  const lead = world.userOf('lead');
  const session = await world.signIn(lead);
  const { items } = (await world.call(lead, 'GET', '/cases')).body;
  const cases = items.slice(0, 12).map((one) => one.case_id);
  must(cases.length === 12, 'too few cases');
  for (const [at, id] of cases.entries()) {
    await world.call(lead, 'POST', `/cases/${id}/notes`, { text: `旧记录${at}：换钥之前写的` });
    await world.call(lead, 'POST', `/cases/${id}/holds`, { kind: 'hardship', reason: `旧记录${at}：住院` });
  }
  await world.call(lead, 'POST', '/documents', { case_id: cases[0], kind: 'letter', source: 'customer',
    file_name: '旧信.txt', content_base64: Buffer.from('换钥之前的信'.repeat(40)).toString('base64') });
  must(world.answer.status === 200, `a document: ${world.answer.text}`);
  const head = readFileSync(join(sample, 'customers.csv'), 'utf8').split('\n');
  const column = (name) => head[0].split(',').indexOf(name);
  const name = head.map((line) => line.split(',')).find((row) => row[column('customer_no')] === cases[0])?.[column('name')];
  const own = cases.slice(0, 1), admin = await world.signIn(world.userOf('admin'));
  return { cases, own, session, admin, name, document: world.answer.body.document_id };
}

// What the operator does, step by step, while people work.
async function change(world, store) {
  const vault = (...args) => world.run([`vault ${args[0]}`, ...args.slice(1)], { allow: [0, 4] });
  const key = `${world.data}.key`;
  const made = () => [...vault('status').stdout.matchAll(/^key (\d+)\tseal\t\S+\tmade \S+\troot \S+\t(in use|retired), (\d+)/gm)]
    .map((m) => ({ key: m[1], retired: m[2] === 'retired', values: Number(m[3]) }));
  const old = () => made().filter((one) => one.retired);
  await check(`${store}: a rotation is killed half-way`, async () => {
    for (let tries = 1; tries <= 12; tries++) {
      const killed = spawn(PROGRAM, ['vault', 'rotate', ...world.place, '--now', world.now], { stdio: 'ignore' });
      await sleep(60 + 40 * tries);
      killed.kill('SIGKILL');
      await sleep(50);
      const keys = made();
      if (keys.length > 1 && keys.every((one) => one.values > 0)) return keys.map((one) => `${one.values} values under key ${one.key}`).join(', ');
    }
    throw new Error(`never half-way: ${vault('status').stdout}`);
  });
  const step = async (name, wanted, ...args) => check(`${store}: ${name}`, async () => {
    const begun = performance.now();
    const done = await new Promise((resolve) => {
      const child = spawn(PROGRAM, ['vault', args[0], ...world.place, '--now', world.now, ...args.slice(1)], { stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.on('data', (text) => { out += text; });
      child.stderr.on('data', (text) => { err += text; });
      child.on('exit', (status) => resolve({ status, out, err }));
    });
    must(done.status === wanted, `exit ${done.status}: ${done.err}${done.out}`);
    return `${((performance.now() - begun) / 1000).toFixed(1)} s, ${(done.out + done.err).trim().split('\n')[0].replaceAll(world.folder, '')}`;
  });
  await step('a key that values need cannot be destroyed', 4, 'destroy', old()[0].key);
  await step('the rotation is gone on with', 0, 'reseal');
  for (const one of old()) await step(`key ${one.key} is destroyed`, 0, 'destroy', one.key);
  await step('the key in use cannot be destroyed', 4, 'destroy', made()[0].key);
  await step('the root is changed', 0, 'change-root');
  await step('no rotation between two roots', 4, 'rotate');
  await step('the old root is destroyed', 0, 'destroy-root', `${key}.old`);
  await step('another rotation, under the new root', 0, 'rotate');
  await step('the first root’s last key is destroyed', 0, 'destroy', old()[0].key);
  must(!existsSync(`${key}.old`) && !existsSync(`${key}.new`), 'an old root’s file is still there');
}

// A SoftHSM2 token in the world's folder; the URI of a root key in it.
function makeToken(world) {
  const library = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find(existsSync);
  must(library, 'no SoftHSM2: tools/setup --test installs it');
  const path = (name) => join(world.folder, name);
  mkdirSync(path('tokens'));
  writeFileSync(path('softhsm.conf'), `directories.tokendir = ${path('tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  writeFileSync(path('pin'), '2468\n');
  process.env.SOFTHSM2_CONF = path('softhsm.conf');
  const made = spawnSync('softhsm2-util', ['--init-token', '--free', '--label', 'evenhand', '--pin', '2468', '--so-pin', '1357'], { encoding: 'utf8' });
  must(made.status === 0, `softhsm2-util: ${made.stderr}`);
  return `pkcs11:token=evenhand;object=root?module-path=${library}&pin-source=${path('pin')}`;
}

for (const store of process.env.EVENHAND_TEST_POSTGRES ? ['sqlite', 'postgres'] : ['sqlite']) {
  const world = new World(store);
  let second = null;
  try {
    const { cases, own, session, admin, name, document } = await prepare(world);
    await world.stop();
    const saved = backup(world, store);
    const oldRoot = readFileSync(`${world.data}.key`, 'utf8').trim();
    await world.start();
    second = await another(world);
    const before = await everything(world.base, session, admin, cases, own);
    await check(`${store}: the backup opens with the root of its time`, () => {
      const status = spawnSync(PROGRAM, ['vault', 'status', ...saved], { encoding: 'utf8' });
      must(status.status === 0, status.stderr);
    });

    const load = work([world.base, second.base], session, cases, name);
    await sleep(300);
    await change(world, store);
    await sleep(300);
    load.stop = true;
    await load.all;
    await check(`${store}: nobody at work noticed`, () => {
      must(load.failures.length === 0, `${load.failures.length} of ${load.requests}: ${load.failures.slice(0, 5).join('\n')}`);
      must(load.requests > 100, `only ${load.requests} requests`);
      return `${load.requests} requests, 0 failed, the slowest ${load.slowest_ms.toFixed(0)} ms`;
    });
    const same = async (when) => check(`${store}: every row from before is readable, ${when}`, async () => {
      const now = await everything(world.base, session, admin, cases, own);
      for (const id of [...cases, 'clear']) must(JSON.stringify(now[id]) === JSON.stringify(before[id]), `${id}: ${JSON.stringify(before[id])}\n${JSON.stringify(now[id])}`);
      must(before.clear[0]?.length > 1 && before[cases[0]].notes?.length >= 2, `old notes: ${before[cases[0]].notes}`);
      const letter = await ask(world.base, session, 'POST', `/documents/${document}/content`, { reason: 'case_work' });
      must(letter.text.includes('换钥之前的信'), letter.text.slice(0, 200));
    });
    await same('by servers that ran all the time');
    await world.stop();
    await second.stop();
    second = null;
    await world.start();
    await same('by one that was started afterwards');
    await world.stop();

    await check(`${store}: the backup opens with nothing that is left`, () => {
      const status = spawnSync(PROGRAM, ['vault', 'status', ...saved], { encoding: 'utf8' });
      must(status.status === 6, `exit ${status.status}: ${status.stderr}${status.stdout}`);
      must(/nothing sealed here can be read/.test(status.stderr), status.stderr);
      return status.stderr.trim().replaceAll(world.folder, '').slice(0, 120);
    });
    await check(`${store}: no root key in clear in the store`, () => {
      const places = [...files(world.data)].map((path) => readFileSync(path));
      if (store === 'postgres')
        places.push(spawnSync('pg_dump', ['--inserts', world.schemaUrl.server, '--schema', world.schemaUrl.schema], { maxBuffer: 1 << 30 }).stdout);
      for (const root of [oldRoot, readFileSync(`${world.data}.key`, 'utf8').trim()])
        for (const bytes of places)
          must(!bytes.includes(root) && !bytes.includes(Buffer.from(root, 'hex')), 'a root key lies in the store');
    });
    await check(`${store}: each step left its fact, sealed in a log that verifies`, () => {
      world.run(['seal']);
      const kinds = ['vault_rotated', 'vault_resealed', 'vault_key_destroyed', 'vault_root_added', 'vault_root_destroyed'];
      const text = [...files(join(world.data, 'log'))].map((path) => readFileSync(path, 'latin1')).join('\n');
      for (const kind of kinds) must(text.includes(kind), `no ${kind} in the log`);
      const verified = spawnSync(PROGRAM, ['verify', ...world.place], { encoding: 'utf8' });
      must(verified.status === 0, verified.stderr + verified.stdout);
    });
    await check(`${store}: the house moves into a token, and over to SM4`, () => {
      const uri = makeToken(world);
      world.run(['vault change-root', '--to', uri]);
      world.place.push('--key', uri);
      world.run(['vault destroy-root', `${world.data}.key`]);
      must(!existsSync(`${world.data}.key`), 'the file of the root is still there');
      world.run(['vault rotate', '--suite', 'sm4-gcm']);
      world.run(['vault destroy', '4']);
      return world.run(['vault status']).stdout.split('\n').find((line) => line.includes('in use'));
    });
    await world.start();
    await same('from the token and under SM4');
  } catch (error) {
    broke(`${store}: the day`, error);
  } finally {
    await second?.stop();
    await world.close();
  }
}
finish();
