// The peer DuckDB: a database file, the night in SQL (sql.mjs), CHECKPOINT at its end. Each of these
// in a process of its own; CONTEXT is the JSON that run writes.
//   node duckdb.mjs load CONTEXT              base.db and, for PostgreSQL, its tables as CSV
//   node duckdb.mjs night CONTEXT DATABASE    timed; prints {stage: ms}
//   node duckdb.mjs export CONTEXT DATABASE FOLDER    what was made, for the comparison
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { RULE_FILES, Rules } from './rules.mjs';
import { Night } from './sql.mjs';
import { exports_of, run_night } from './stages.mjs';
import { ACCOUNT_COLUMNS, LOADED, MADE, WORD_COLUMNS, create, names_of } from './tables.mjs';

export const dialect = {
  work: (name) => `CREATE TEMP TABLE ${name} AS`,
  kept: (name) => `CREATE TABLE ${name} AS`,
  div: (a, b) => `(${a} // ${b})`,
  month: (day, n) => `CAST(CAST(DATE '1970-01-01' + CAST(${day} AS INTEGER) + ${n} * INTERVAL '1 month' AS DATE)
    - DATE '1970-01-01' AS INTEGER)`,
  part: (name, day) => `${name}(DATE '1970-01-01' + ${day})`,
  series: (last) => `unnest(generate_series(0, ${last}))`,
  fence: '',
};

async function load(run, rules, context) {
  const { folder } = context, file = (name) => join(folder, name);
  const read = (path, columns, options = '') =>
    `read_csv('${path}', auto_detect=false, delim=',', quote='', ${options} columns={${columns.map(([name, type]) =>
      `'${name}': '${WORD_COLUMNS.has(name) ? 'VARCHAR' : type}'`).join(', ')}})`;
  const text = [['account_no', 'TEXT'], ['customer_no', 'TEXT']];
  const code = (name, of = 'b') => `(SELECT code FROM words w WHERE w.word = ${of}.${name})`;
  const dump = (name) => read(file(`${name}/accounts.csv`), [...text, ...ACCOUNT_COLUMNS]);

  // Words that stand in files and in no table too.
  for (const name of ['before', 'ours']) {
    await run(`CREATE OR REPLACE TEMP TABLE raw_${name} AS SELECT * FROM ${dump(name)}`);
  }
  const seen = new Set();
  for (const column of WORD_COLUMNS) {
    for (const name of ['before', 'ours'])
      for (const [word] of await run(`SELECT DISTINCT ${column} FROM raw_${name} WHERE ${column} IS NOT NULL`))
        seen.add(word);
  }
  for (const word of ['open', 'none', ...[...seen].sort()]) rules.code(word);
  const insert = (name, select) => run(`INSERT INTO ${name} SELECT ${names_of(LOADED[name])} FROM (${select}) x`);
  for (const [name, columns] of Object.entries({ ...LOADED, fact: MADE.fact, bucket_change: MADE.bucket_change }))
    await run(create(name, columns));
  await run(`INSERT INTO words VALUES ${rules.words.map((word, at) => `(${at}, '${word}')`).join(', ')}`);
  await run(`INSERT INTO treatment_rows VALUES ${rules.rows_of('treatment').map((row) => `(${row})`).join(', ')}`);
  await insert('y_customers', `SELECT row_number() OVER (ORDER BY customer_no) - 1 AS customer_id, customer_no,
    region_code FROM (SELECT customer_no, max(region_code) AS region_code FROM raw_ours GROUP BY customer_no)`);
  const coded = (of) => ACCOUNT_COLUMNS.map(([name]) => WORD_COLUMNS.has(name)
    ? `${code(name, of)} AS ${name}` : `${of}.${name}`);
  await insert('y_accounts', `SELECT row_number() OVER (ORDER BY account_no) - 1 AS account_id, b.account_no,
    c.customer_id, ${coded('b')} FROM raw_before b JOIN y_customers c ON c.customer_no = b.customer_no`);
  await insert('y_dues', `SELECT y.account_id, d.* FROM ${read(file('before/dues.csv'),
    [text[0], ...LOADED.y_dues.slice(1)])} d JOIN y_accounts y ON y.account_no = d.account_no
    ORDER BY y.account_id, due_date`);
  await run(`CREATE TEMP TABLE raw_paid AS SELECT * FROM ${read(file('before/payments.csv'),
    [text[0], ...LOADED.y_payments.slice(1, -1)])}`);
  await insert('y_payments', `SELECT y.account_id, p.*, p.rowid AS seq FROM raw_paid p
    JOIN y_accounts y ON y.account_no = p.account_no ORDER BY p.rowid`);
  // Numbers of new accounts as the night gives them.
  await insert('cut', `SELECT account_id, ${coded('b')} FROM raw_ours b JOIN (
      SELECT account_no, account_id FROM y_accounts UNION ALL SELECT account_no, (SELECT max(account_id) FROM y_accounts)
        + row_number() OVER (ORDER BY account_no) FROM raw_ours ANTI JOIN y_accounts USING (account_no)) n
      ON n.account_no = b.account_no
    WHERE promise <> 'none' OR promise_days <> 0 OR broken_promises <> 0 OR flag <> 'none' OR contacts_7d <> 0
    ORDER BY account_id`);
  for (const kind of ['accounts', 'balances', 'instalments', 'payments']) {
    const table = `d_${kind}`, dates = new Set(names_of(LOADED[table]).filter((name) => /_date$|_on$|^as_of$/.test(name)));
    await run(`CREATE TEMP TABLE raw_d_${kind} AS SELECT * FROM read_csv('${file(`delivery/${kind}.csv`)}', all_varchar=true)`);
    const fields = names_of(LOADED[table]).map((name) => name === 'seq' ? `1000000000 + r.rowid AS seq`
      : dates.has(name) ? `coalesce(CAST(r.${name} AS DATE) - DATE '1970-01-01', 0) AS ${name}`
        : WORD_COLUMNS.has(name) ? `${code(name, 'r')} AS ${name}` : `r.${name}`);
    await insert(table, `SELECT ${fields} FROM raw_d_${kind} r`);
  }
  mkdirSync(file('tables'), { recursive: true });
  for (const name of Object.keys(LOADED))
    await run(`COPY (SELECT * FROM ${name} ORDER BY 1) TO '${file(`tables/${name}.csv`)}' (HEADER false)`);
  await run('CHECKPOINT');
}

// What run sees of it.
export class DuckDB {
  name = 'DuckDB';
  constructor(context_file, context) {
    this.context = context_file;
    this.file = (name) => join(context.folder, name);
  }
  call(...words) {
    return execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...words], { encoding: 'utf8' });
  }
  prepare() {
    for (const name of ['base.db', 'base.db.wal']) rmSync(this.file(name), { force: true });
    this.call('load', this.context);
  }
  ready() {
    for (const name of ['night.db', 'night.db.wal']) rmSync(this.file(name), { force: true });
    copyFileSync(this.file('base.db'), this.file('night.db'));
  }
  chill() {}
  warm() {}
  night() {
    return JSON.parse(this.call('night', this.context, this.file('night.db')));
  }
  export_to(folder) {
    this.call('export', this.context, this.file('night.db'), folder);
  }
  end() {}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, context_file, ...rest] = process.argv.slice(2);
  const context = JSON.parse(readFileSync(context_file, 'utf8'));
  const rules = new Rules(context.decisions, RULE_FILES);
  const database = what === 'load' ? join(context.folder, 'base.db') : rest[0];
  const instance = await DuckDBInstance.create(database,
    { threads: String(context.threads), preserve_insertion_order: 'false' });
  const connection = await instance.connect();
  const run = async (sql) => (await connection.runAndReadAll(sql)).getRows();
  const one = async (sql) => (await run(sql))[0][0];
  if (what === 'load') {
    await load(run, rules, context);
  } else if (what === 'night') {
    rules.know((await run('SELECT word FROM words ORDER BY code')).map(([word]) => word));
    await run("SET force_compression = 'uncompressed'");  // quicker to write, as we write ours
    const night = new Night(dialect, rules, context);
    const times = await run_night(night, run, one);
    const since = performance.now();
    await run('CHECKPOINT');
    times.publish += performance.now() - since;
    console.log(JSON.stringify(times));
  } else {
    mkdirSync(rest[1], { recursive: true });
    for (const [name, select] of Object.entries(exports_of(WORD_COLUMNS, dialect)))
      await run(`COPY (${select}) TO '${join(rest[1], name)}.csv' (HEADER false, DELIMITER '${
        name === 'facts' ? '\t' : ','}', QUOTE '', ESCAPE '')`);
  }
  instance.closeSync();
}
