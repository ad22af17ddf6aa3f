// One story's world: a data folder, a store, a clock, a server that runs at the story's time, and
// the people signed in. Drives the built program by its command line and its API, nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Portfolio } from './portfolio.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROGRAM = process.env.EVENHAND ?? join(ROOT, 'build/release/evenhand');
let schemas = 0;

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function freshPostgres(world) {
  const server = process.env.EVENHAND_TEST_POSTGRES;
  const schema = `story_${process.pid}_${++schemas}`;
  const made = spawnSync('psql', ['-q', server, '-c', `CREATE SCHEMA ${schema}`]);
  if (made.status !== 0) throw new Error(`psql: ${made.stderr}`);
  world.schemaUrl = { server, schema };
  return `${server}?options=-csearch_path%3D${schema}`;
}

export class World {
  constructor(store) {
    this.folder = mkdtempSync(join(tmpdir(), 'evenhand-story-'));
    this.data = join(this.folder, 'data');
    this.place = ['--data', this.data];
    if (store === 'postgres') this.place.push('--store', freshPostgres(this));
    this.portfolio = new Portfolio();
    this.now = '2026-11-20T10:00:00+08:00';
    this.asOf = null;
    this.deliveries = 0;
    this.delivered = {};     // the last delivery's files
    this.nights = new Map(); // date → what each run of it gave
    this.passwords = null;   // user name → {role, password}
    this.sessions = new Map();
    this.server = null;
    this.serveOptions = [];
    this.said = '';          // by all servers so far
    this.answer = null;      // the last answer: {status, body, text}
    this.permit = null;      // the last permit asked for
  }

  get today() {
    return this.now.slice(0, 10);
  }

  run(command, { input, allow = [0] } = {}) {
    const [name, ...rest] = command;
    const args = name === 'sample' || name === 'decide' ? command
      : [...name.split(' '), ...this.place, '--now', this.now, ...rest];
    const done = spawnSync(PROGRAM, args, { input, encoding: 'utf8', cwd: ROOT,
      maxBuffer: 1 << 28 });
    if (!allow.includes(done.status)) {
      throw new Error(`evenhand ${args.join(' ')}\nexit ${done.status}\n${done.stderr}${done.stdout}`);
    }
    return done;
  }

  ensureStaff() {
    if (this.passwords) return;
    mkdirSync(this.data, { recursive: true });
    const { stdout } = this.run(['user demo']);
    this.passwords = new Map();
    const password = /^password of all of them: (\S+)$/m.exec(stdout)?.[1];
    for (const line of stdout.split('\n')) {
      const [name, role] = line.split('\t');
      if (role) this.passwords.set(name, { role, password });
    }
    if (this.passwords.size === 0) throw new Error(`user demo told no passwords:\n${stdout}`);
  }

  // The files gathered so far, imported as one delivery.
  importFiles({ allow, files = this.portfolio.take() } = {}) {
    this.ensureStaff();
    const folder = join(this.folder, `delivery-${++this.deliveries}`);
    mkdirSync(folder);
    this.delivered = files;
    const paths = Object.entries(files).map(([name, text]) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    });
    if (paths.length === 0) return null;
    const done = this.run(['import', '--mapping', this.mapping(), '--as-of', this.asOf, '--json',
      ...paths], { allow });
    return JSON.parse(done.stdout);
  }

  // The mapping of the canonical files is what `evenhand sample` writes beside them.
  mapping() {
    const sample = join(this.folder, 'sample');
    const path = join(sample, 'mapping.toml');
    if (!existsSync(path)) {
      this.run(['sample', '--accounts', '1', '--as-of', this.today, '--out', sample]);
    }
    return path;
  }

  night(date) {
    const held = this.now;
    this.now = `${date}T02:00:00+08:00`;
    this.importFiles();
    this.run(['nightly', '--date', date]);
    const bytes = ['book export', 'worklist'].map((what) =>
      this.run([what, '--date', date, '--format', 'csv']).stdout).join('');
    this.nights.set(date, [...(this.nights.get(date) ?? []), bytes]);
    this.now = held;
    if (this.server) return this.stop();  // it must see the new night as a restarted one does
    return null;
  }

  async setClock(now) {
    this.now = now;
    await this.stop();
  }

  async start() {
    if (this.server) return;
    const port = await freePort();
    this.base = `http://127.0.0.1:${port}`;
    this.server = spawn(PROGRAM, ['serve', ...this.place, '--now', this.now, '--listen',
      `127.0.0.1:${port}`, '--web', this.pages(), ...this.serveOptions], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const hear = (text) => { said += text; this.said += text; };
    this.server.stdout.on('data', hear);
    this.server.stderr.on('data', hear);
    this.ended = new Promise((resolve) => this.server.on('exit', resolve));
    for (let i = 0; i < 400; i++) {
      if (this.server.exitCode !== null) throw new Error(`serve ended: ${said}`);
      if (/^serving /m.test(said)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`serve does not answer: ${said}`);
  }

  // Stories look at the API; the pages have tests of their own.
  pages() {
    const pages = join(this.folder, 'pages');
    mkdirSync(pages, { recursive: true });
    writeFileSync(join(pages, 'index.html'), '<!doctype html><title>story</title>');
    return pages;
  }

  async stop() {
    if (!this.server) return;
    const server = this.server;
    this.server = null;
    this.sessions.clear();
    server.kill('SIGTERM');
    await Promise.race([this.ended, new Promise((r) => setTimeout(() => server.kill('SIGKILL'), 5000))]);
  }

  async signIn(userName) {
    if (this.sessions.has(userName)) return this.sessions.get(userName);
    this.ensureStaff();
    await this.start();
    const user = this.passwords.get(userName);
    if (!user) throw new Error(`there is no ${userName} among ${[...this.passwords.keys()]}`);
    const response = await fetch(`${this.base}/api/v1/session`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_name: userName, password: user.password }),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(`${userName} cannot sign in: ${JSON.stringify(body)}`);
    const session = { userName, cookie: response.headers.getSetCookie?.().map((c) => c.split(';')[0])
      .join('; ') ?? response.headers.get('set-cookie').split(';')[0], csrf: body.csrf_token };
    this.sessions.set(userName, session);
    if (body.must_change_password) {
      const fresh = 'nine-horses-cross-42';
      await this.call(userName, 'POST', '/session/password',
        { old_password: user.password, new_password: fresh });
      if (this.answer.status !== 200) throw new Error(`password: ${this.answer.text}`);
      user.password = fresh;
      this.sessions.delete(userName);
      return this.signIn(userName);
    }
    return session;
  }

  async call(userName, method, path, body) {
    const session = await this.signIn(userName);
    const response = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: { cookie: session.cookie, 'x-csrf-token': session.csrf,
        'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    let parsed = null;
    try { parsed = JSON.parse(text); } catch { /* CSV, say */ }
    this.answer = { status: response.status, body: parsed, text };
    return this.answer;
  }

  // Somebody who starts today: trained by nobody yet.
  addNewcomer(name) {
    const { stdout } = this.run(['user add', name, '--name', '新人', '--role', 'collector']);
    const password = /first password: (\S+)/.exec(stdout)[1];
    this.passwords.set(name, { role: 'newcomer', password });
  }

  userOf(role) {
    this.ensureStaff();
    for (const [name, user] of this.passwords) if (user.role === role) return name;
    throw new Error(`no ${role} among the staff`);
  }

  // The collector whose case it is, as an analyst sees it.
  async collectorOf(customerNo) {
    const { body, text } = await this.call(this.userOf('analyst'), 'GET', `/cases/${customerNo}`);
    if (!body?.collector) throw new Error(`${customerNo} has no collector: ${text.slice(0, 300)}`);
    return body.collector;
  }

  // "the lead" (of the early team), "the manager" (of all), "an analyst", "the collector of C1", or a
  // user name.
  async who(phrase) {
    const m = /^the collector of (\S+)$/.exec(phrase);
    if (m) return this.collectorOf(m[1]);
    if (phrase === 'the manager') return this.ensureStaff(), 'manager';
    const role = /^(?:the|an?) (collector|lead|analyst|admin)$/.exec(phrase);
    return role ? this.userOf(role[1]) : phrase;
  }

  async close() {
    await this.stop();
    if (process.env.EVENHAND_STORY_KEEP) console.log(`kept ${this.folder}`);
    else rmSync(this.folder, { recursive: true, force: true });
  }

  readFile(path) {
    return readFileSync(path, 'utf8');
  }
}
