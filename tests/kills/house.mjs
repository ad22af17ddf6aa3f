// A house ready for its second night, copied for every trial; and all that a finished night leaves,
// in a form that two nights can be compared by. Drives the built program, nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = process.env.EVENHAND_ROOT ?? fileURLToPath(new URL("../..", import.meta.url));
export const PROGRAM = process.env.EVENHAND ?? join(ROOT, 'build/release/evenhand');
export const [FIRST, DATE] = ['2026-11-19', '2026-11-20'];
export const STAGES = ['merge', 'cut', 'accrue', 'age', 'score', 'treat', 'allocate', 'worklist', 'report'];

export const must = (holds, what) => { if (!holds) throw new Error(what); };
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The same numbers for the same seed (mulberry32).
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function tool(name, args, options = {}) {
  const done = spawnSync(name, args, { encoding: 'utf8', maxBuffer: 1 << 30, ...options });
  must(done.status === 0, `${name} ${args.join(' ')}: ${done.error ?? ''}${done.stderr}${done.stdout?.slice(0, 2000)}`);
  return done.stdout;
}

export function filesUnder(folder, under = '') {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name), shown = join(under, name);
    return statSync(path).isDirectory() ? filesUnder(path, shown) : [shown];
  });
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// What differs between two nights of the same inputs, and is not claimed to be the same: numbers
// of rows, moments, and what the sealer drew by chance.
const OTHER_TABLES = new Set(['fact_unsealed', 'node_counter', 'seal', 'log_key', 'night_stage']);
const OTHER_COLUMNS = new Set(['fact_id', 'night_id', 'started_at', 'finished_at', 'made_at', 'set_at', 'changed_at']);

export class House {
  constructor(store, folder = mkdtempSync(join(tmpdir(), 'evenhand-kills-'))) {
    this.store = store;
    this.folder = folder;
    this.data = join(folder, 'data');
    this.base = join(folder, 'base');
    this.now = `${FIRST}T02:00:00+08:00`;
    this.place = ['--data', this.data];
    if (store === 'postgres') {
      this.server = new URL(process.env.EVENHAND_TEST_POSTGRES);
      this.database = `kills_${process.pid}`;
      this.admin(`CREATE DATABASE ${this.database} TEMPLATE template0`);
      this.place.push('--store', this.url());
    }
  }

  url(database = this.database) {
    const url = new URL(this.server);
    url.pathname = `/${database}`;
    return url.href;
  }
  admin(...statements) {
    tool('psql', ['-q', '-v', 'ON_ERROR_STOP=1', this.server.href, ...statements.flatMap((one) => ['-c', one])]);
  }

  args(name, ...rest) {
    return [...name.split(' '), ...this.place, '--now', this.now, ...rest];
  }
  run(name, ...rest) {
    const done = spawnSync(PROGRAM, this.args(name, ...rest), { encoding: 'utf8', cwd: ROOT, maxBuffer: 1 << 28 });
    must(done.status === 0, `evenhand ${name} ${rest.join(' ')}\nexit ${done.status ?? done.signal}\n${done.stderr}${done.stdout.slice(0, 2000)}`);
    return done;
  }

  // A portfolio, its staff, the first night, sealed; then what the bank delivers for the second.
  prepare(accounts) {
    const sample = join(this.folder, 'in');
    tool(PROGRAM, ['sample', '--accounts', String(accounts), '--seed', '11', '--as-of', FIRST, '--out', sample], { cwd: ROOT });
    mkdirSync(this.data, { recursive: true });
    this.run('user demo');
    const mapping = ['--mapping', join(sample, 'mapping.toml')];
    const csv = readdirSync(sample).filter((name) => name.endsWith('.csv')).map((name) => join(sample, name));
    this.run('import', ...mapping, '--as-of', FIRST, ...csv);
    this.run('nightly', '--date', FIRST);
    this.now = `${DATE}T02:00:00+08:00`;
    this.accounts = readFileSync(join(sample, 'accounts.csv'), 'utf8').trim().split('\n').slice(1).map((line) => line.split(',')[0]);
    const delivery = join(this.folder, 'next');
    mkdirSync(delivery);
    writeFileSync(join(delivery, 'payments.csv'), 'payment_no,account_no,paid_on,amount_fen,channel\n' +
      this.accounts.filter((_, i) => i % 7 === 0).map((no, i) => `N${i},${no},${FIRST},${10_000 + i},transfer\n`).join(''));
    this.run('import', ...mapping, '--as-of', DATE, join(delivery, 'payments.csv'));
    this.run('seal');
    this.keep();
  }

  // What is there now is what every trial begins with.
  keep() {
    rmSync(this.base, { recursive: true, force: true });
    tool('cp', ['-a', this.data, this.base]);
    this.baseFiles = this.hashOfBase();
    if (this.store === 'postgres') this.admin(`DROP DATABASE IF EXISTS ${this.database}_base`, `ALTER DATABASE ${this.database} RENAME TO ${this.database}_base`);
  }
  hashOfBase() {
    return sha256(filesUnder(this.base).map((name) => `${name} ${sha256(readFileSync(join(this.base, name)))}\n`).join(''));
  }

  restore() {
    for (const name of readdirSync(this.data)) rmSync(join(this.data, name), { recursive: true, force: true });
    tool('cp', ['-a', '--reflink=auto', `${this.base}/.`, this.data]);
    if (this.store === 'postgres')
      this.admin(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`, `CREATE DATABASE ${this.database} TEMPLATE ${this.database}_base`);
  }

  // The night under way, alone in its process group. `ended`: {code, signal, out, err, ms}.
  begin(env = {}, date = DATE, ...more) {
    const begun = performance.now();
    const child = spawn(PROGRAM, this.args('nightly', '--date', date, ...more), { cwd: ROOT, detached: true,
      env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const night = { out: '', err: '', over: false,
      kill: () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it is over */ } } };
    child.stdout.on('data', (text) => { night.out += text; });
    child.stderr.on('data', (text) => { night.err += text; });
    night.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        night.over = true;
        resolve({ code, signal, out: night.out, err: night.err, ms: performance.now() - begun });
      });
    });
    return night;
  }

  bookFolder() { return join(this.data, 'book', DATE); }
  stagesOnDisk() {
    if (!existsSync(this.bookFolder())) return null;
    const names = readdirSync(this.bookFolder());
    const part = names.find((name) => name.endsWith('.part'));
    if (!part) return names.some((name) => /^[0-9a-f]{12}$/.test(name)) ? STAGES.length + 1 : null;
    try {
      return readdirSync(join(this.bookFolder(), part)).filter((name) => /^\d\d-[a-z]+$/.test(name)).length;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      return STAGES.length + 1;  // it has got its name between two looks
    }
  }

  // Read without letting SQLite's shell tidy up what the killed night left.
  query(sql) {
    if (this.store === 'postgres') return tool('psql', ['-qAtX', '-F', '\t', this.url(), '-c', sql]).trim();
    return tool('sqlite3', ['-cmd', '.output /dev/null', '-cmd', '.dbconfig no_ckpt_on_close on', '-cmd', '.output stdout',
      '-separator', '\t', join(this.data, 'casebook.sqlite'), sql]).trim();
  }

  // How many connections of this database there were.
  endConnections() {
    return Number(tool('psql', ['-qAtX', this.server.href, '-c',
      `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '${this.database}'`]));
  }
  change(sql) {
    if (this.store === 'postgres') tool('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', this.url(), '-c', sql]);
    else tool('sqlite3', [join(this.data, 'casebook.sqlite'), sql]);
  }

  // What a night that is dead now was doing.
  where() {
    const stages = this.stagesOnDisk();
    if (stages === null) return 'begin';
    if (stages < STAGES.length) return STAGES[stages];
    const [state, chunks] = (this.query(`SELECT state, (SELECT count(*) FROM night_chunk c WHERE c.night_id = n.night_id)
      FROM night n ORDER BY night_id DESC LIMIT 1`) || '\t').split('\t');
    if (state === 'running') return 'book.json';
    if (state === 'publishing') return chunks === '0' ? 'publish' : 'publish, chunks in';
    return Number(this.query('SELECT count(*) FROM fact_unsealed')) > 0 ? 'sealing' : 'after sealing';
  }

  // ---- what is left --------------------------------------------------------------------------

  // Every file of the date's book but the wall times; a half of one would be seen here too.
  bookLines() {
    return filesUnder(this.bookFolder()).filter((name) => !name.endsWith('timings.json'))
      .map((name) => `${name} ${sha256(readFileSync(join(this.bookFolder(), name)))}`);
  }

  // Every row of every table, sorted, without what differs by its nature.
  rowLines() {
    const postgres = this.store === 'postgres';
    const columns = this.query(postgres
      ? `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'
         AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public') ORDER BY 1, ordinal_position`
      : `SELECT t.name, c.name, lower(c.type) FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1, c.cid`);
    const tables = new Map();
    for (const line of columns.split('\n')) {
      const [table, column, type] = line.split('\t');
      if (OTHER_TABLES.has(table) || OTHER_COLUMNS.has(column)) continue;
      const quoted = `"${column}"`;
      const shown = type === 'bytea' ? `encode(${quoted}, 'hex')` : type === 'blob' ? `hex(${quoted})` : quoted;
      tables.set(table, [...(tables.get(table) ?? []), shown]);
    }
    const sql = [...tables].map(([table, shown]) => `SELECT '${table}', ${shown.join(', ')} FROM "${table}";`).join('\n');
    const text = postgres
      ? tool('psql', ['-qAtX', '-F', '\t', '-v', 'ON_ERROR_STOP=1', this.url(), '-f', '-'], { input: sql })
      : tool('sqlite3', ['-separator', '\t', join(this.data, 'casebook.sqlite')], { input: sql });
    return text.split('\n').filter(Boolean).sort();
  }

  // What the night told, in the same words on both stores.
  toldLines() {
    return this.query(`SELECT kind, subject, body FROM fact WHERE made_by = 'night'`).split('\n').filter(Boolean).sort();
  }

  left() {
    const [book, rows, told] = [this.bookLines(), this.rowLines(), this.toldLines()];
    return { book, rows, told, hash: { book: sha256(book.join('\n')), rows: sha256(rows.join('\n')), told: sha256(told.join('\n')) } };
  }

  // The log, the store against it, and the audit of it: each must end with 0.
  proven() {
    const log = join(this.data, 'log'), key = readFileSync(join(log, 'vkey'), 'utf8').trim();
    for (const args of [['verify', log, '--key', key], ['verify', ...this.place], ['audit', log, '--key', key]]) {
      const done = spawnSync(PROGRAM, args, { encoding: 'utf8', cwd: ROOT });
      must(done.status === 0, `evenhand ${args.join(' ')}: exit ${done.status}\n${done.stderr}${done.stdout}`.slice(0, 2000));
    }
    must(Number(this.query('SELECT count(*) FROM fact_unsealed')) === 0, 'facts that nobody sealed are left');
  }

  close() {
    if (process.env.EVENHAND_STORY_KEEP) return console.log(`kept ${this.folder}`);
    if (this.store === 'postgres')
      for (const name of [this.database, `${this.database}_base`]) this.admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// The first lines that one has and the other has not.
export function difference(name, wanted, is) {
  const count = (lines) => {
    const seen = new Map();
    for (const line of lines) seen.set(line, (seen.get(line) ?? 0) + 1);
    return seen;
  };
  const [before, after] = [count(wanted), count(is)], told = [];
  for (const [line, n] of before) if ((after.get(line) ?? 0) < n) told.push(`- ${line}`);
  for (const [line, n] of after) if ((before.get(line) ?? 0) < n) told.push(`+ ${line}`);
  return `${name}: ${told.length} lines differ\n${told.slice(0, 12).map((line) => line.slice(0, 300)).join('\n')}`;
}

export function mustBeSame(wanted, is) {
  for (const part of ['book', 'rows', 'told'])
    if (wanted.hash[part] !== is.hash[part]) throw new Error(difference(part, wanted[part], is[part]));
}
