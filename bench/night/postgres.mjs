// The peer PostgreSQL 15: a cluster of its own for this measurement (fsync and synchronous_commit on,
// two processes at a query), the night of sql.mjs in one transaction on logged tables. Set for speed:
// wal_level minimal writes a new table once and syncs it at COMMIT; no autovacuum, no index.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LOADED, MADE, WORD_COLUMNS, create } from './tables.mjs';
import { RULE_FILES, Rules } from './rules.mjs';
import { Night } from './sql.mjs';
import { exports_of, run_night } from './stages.mjs';

const BIN = '/usr/lib/postgresql/15/bin';
const SETTINGS = { fsync: 'on', synchronous_commit: 'on', wal_level: 'minimal', max_wal_senders: 0,
  shared_buffers: '4GB', work_mem: '512MB', hash_mem_multiplier: 2, max_wal_size: '32GB', checkpoint_timeout: '1h',
  autovacuum: 'off', jit: 'off', random_page_cost: 1.1, effective_cache_size: '12GB',
  parallel_setup_cost: 100, parallel_tuple_cost: 0.001, enable_mergejoin: 'off',
  listen_addresses: '127.0.0.1', max_worker_processes: 8 };

export const dialect = {
  work: (name) => `CREATE UNLOGGED TABLE ${name} AS`,
  kept: (name) => `CREATE TABLE ${name} AS`,
  div: (a, b) => `(${a} / ${b})`,
  month: (day, n) => `(CAST(DATE '1970-01-01' + CAST(${day} AS INTEGER) + ${n} * INTERVAL '1 month' AS DATE)
    - DATE '1970-01-01')`,
  part: (name, day) => `CAST(extract(${name} FROM DATE '1970-01-01' + ${day}) AS INTEGER)`,
  series: (last) => `generate_series(0, ${last})`,
  fence: "OFFSET '0'",  // the constant must not need a cast: else PostgreSQL plans no worker above it
};

export class Cluster {
  static async start(folder, name, threads) {
    const cluster = new Cluster();
    cluster.data = join(folder, name);
    cluster.as_postgres = process.getuid() === 0;  // the server refuses to run as root
    cluster.port = await free_port();
    rmSync(cluster.data, { recursive: true, force: true });
    mkdirSync(cluster.data);
    if (cluster.as_postgres) {
      execFileSync('chown', ['postgres:', cluster.data]);
      chmodSync(folder, 0o755);
    }
    cluster.server('initdb', '-D', cluster.data, '-U', 'evenhand', '-A', 'trust', '-E', 'UTF8', '--locale=C',
      '--no-instructions');
    cluster.settings = Object.entries({ ...SETTINGS, port: cluster.port, max_parallel_workers_per_gather: threads - 1,
      unix_socket_directories: cluster.data }).map(([name, value]) => `-c ${name}=${value}`).join(' ');
    cluster.up();
    return cluster;
  }
  server(program, ...words) {
    const [command, ...rest] = this.as_postgres
      ? ['runuser', '-u', 'postgres', '--', join(BIN, program), ...words] : [join(BIN, program), ...words];
    execFileSync(command, rest, { cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
  }
  up() {
    this.server('pg_ctl', '-D', this.data, '-w', '-t', '120', '-l', join(this.data, 'server.log'), '-o', this.settings, 'start');
  }
  down() {
    this.server('pg_ctl', '-D', this.data, '-m', 'fast', '-w', '-t', '600', 'stop');
  }
  session() {
    return new Session(this.port);
  }
}

function free_port() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

// psql as a child: one statement at a time, its rows as text.
export class Session {
  constructor(port) {
    this.child = spawn('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(port),
      '-U', 'evenhand', '-d', 'postgres'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.rows = [];
    this.said = '';
    this.child.stderr.on('data', (text) => { this.said += text; });
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      if (line !== '\u0001done') return this.rows.push(line);
      this.waiting?.resolve(this.rows.splice(0));
    });
    this.child.on('exit', () => this.waiting?.reject(new Error(`psql: ${this.said.slice(0, 2000)}`)));
  }
  run(sql) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.child.stdin.write(`${sql}${sql.startsWith('\\') ? '' : ';'}\n\\echo '\u0001done'\n`);
    });
  }
  async one(sql) {
    return (await this.run(sql))[0];
  }
  end() {
    this.waiting = null;
    this.child.stdin.end();
  }
}

const WIDE = new Set(['ledger', 'settled', 'changed']);  // read once more, and whole
const LEFT = { fact: MADE.fact, bucket_change: MADE.bucket_change };

// What run sees of it.
export class PostgreSQL {
  name = 'PostgreSQL, set-based';
  place = 'postgres';
  constructor(context_file, context) {
    Object.assign(this, { context, folder: context.folder });
  }

  // From the CSV files that DuckDB made of its own tables.
  async prepare() {
    this.cluster = await Cluster.start(this.folder, this.place, this.context.threads);
    await this.connect();
    for (const [name, columns] of Object.entries({ ...LOADED, ...LEFT })) await this.session.run(create(name, columns));
    for (const name of Object.keys(LOADED))
      await this.session.run(`\\copy ${name} FROM '${join(this.folder, 'tables', `${name}.csv`)}' (FORMAT csv)`);
    this.rules = new Rules(this.context.decisions, RULE_FILES);
    this.rules.know(await this.session.run('SELECT word FROM words ORDER BY code'));
    await this.session.run('VACUUM (ANALYZE, FREEZE)');
    await this.session.run('CHECKPOINT');
  }
  async connect() {
    this.session = this.cluster.session();
    await this.session.run('SET client_min_messages = warning');
  }

  // What the last night made goes.
  async ready() {
    const keep = [...Object.keys(LOADED), ...Object.keys(LEFT)].map((name) => `'${name}'`).join(', ');
    const tables = await this.session.run(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN (${keep})`);
    for (const table of tables) await this.session.run(`DROP TABLE ${table}`);
    await this.session.run(`TRUNCATE ${Object.keys(LEFT).join(', ')}`);
    await this.session.run('CHECKPOINT');
  }
  async chill() {
    this.session.end();
    this.cluster.down();
  }
  async warm() {
    this.cluster.up();
    await this.connect();
  }

  async night() {
    const { session } = this;
    await session.run('BEGIN');
    // Without statistics of what a statement made, the plans of the next are guesses.
    const run = async (sql) => {
      await session.run(sql);
      const made = /^CREATE UNLOGGED TABLE (\w+) AS/.exec(sql);
      if (made && !WIDE.has(made[1])) await session.run(`ANALYZE ${made[1]}`);
    };
    const times = await run_night(new Night(dialect, this.rules, this.context), run, (sql) => session.one(sql));
    const since = performance.now();
    await session.run('COMMIT');
    times.publish += performance.now() - since;
    return times;
  }

  async export_to(folder) {
    mkdirSync(folder, { recursive: true });
    for (const [name, select] of Object.entries(exports_of(WORD_COLUMNS, dialect))) {
      const options = `FORMAT text, NULL '', DELIMITER ${name === 'facts' ? "E'\\t'" : "','"}`;
      await this.session.run(`\\copy (${select.replace(/\s+/g, ' ')}) TO '${join(folder, `${name}.csv`)}' (${options})`);
    }
  }
  end() {
    this.session?.end();
    this.cluster?.down();
  }
}
