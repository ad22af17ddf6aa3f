// The whole book as Parquet, read by DuckDB and held against the same book as CSV: every value of
// every table, row by row, with its type; of a night's book and of a day that has had no night.
//   tests/parquet/run        EVENHAND: the program (build/release/evenhand)
import { DuckDBInstance } from '@duckdb/node-api';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { broke, check, finish } from '../check.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const evenhand = process.env.EVENHAND ?? join(root, 'build/release/evenhand');
const work = mkdtempSync(join(tmpdir(), 'evenhand-parquet-'));
const data = join(work, 'data');
const TABLES = ['accounts', 'customers', 'dues', 'payments'];
const [AS_OF, NIGHT, OPENING] = ['2026-10-29', '2026-10-30', '2026-11-02'];

function same(got, wanted, what) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a.slice(0, 400)} and not ${b.slice(0, 400)}`);
}
function run(...words) {
  const done = spawnSync(evenhand, words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`evenhand ${words.join(' ')}: ${done.status}\n${done.stderr}`);
  return done.stdout;
}

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();

// Rows of a Parquet file that differ from the line of the same number in a CSV file: every value as
// text, where an empty text and no value are the same, as CSV cannot tell them apart.
async function differing(parquet, csv) {
  const names = (await rows(`DESCRIBE SELECT * FROM read_parquet('${parquet}')`)).map(([name]) => name);
  const lines = `SELECT * FROM read_csv('${csv}', all_varchar=true, header=true, delim=',', quote='"', escape='"')`;
  const named = (await rows(`DESCRIBE ${lines}`)).map(([name]) => name);
  const missing = named.filter((name) => !names.includes(name));
  const cells = (cast) => names.map((name) => `nullif(${cast(`"${name}"`)}, '') AS "${name}"`).join(', ');
  const [[count]] = await rows(`WITH
    p AS (SELECT file_row_number AS n, ${cells((c) => `${c}::VARCHAR`)} FROM read_parquet('${parquet}', file_row_number=true)),
    c AS (SELECT row_number() OVER () - 1 AS n, ${cells((c) => c)} FROM (${lines}))
    SELECT count(*) FROM ((FROM p EXCEPT ALL FROM c) UNION ALL (FROM c EXCEPT ALL FROM p))`);
  for (const name of missing) {  // of later stages: nobody has a value
    same(Number((await rows(`SELECT count("${name}") FROM (${lines})`))[0][0]), 0, `${name} is in CSV alone`);
  }
  return { differ: Number(count), columns: names, missing };
}

try {
  run('sample', '--accounts', '8000', '--seed', '11', '--as-of', AS_OF, '--out', join(work, 'sample'));
  const files = readdirSync(join(work, 'sample')).filter((name) => name.endsWith('.csv')).map((name) => join(work, 'sample', name));
  run('user', 'demo', '--data', data, '--now', `${AS_OF}T01:00:00+08:00`);
  run('import', '--data', data, '--mapping', join(work, 'sample/mapping.toml'), ...files);
  for (const date of [AS_OF, NIGHT]) run('nightly', '--data', data, '--date', date);

  for (const date of [NIGHT, OPENING]) {
    const out = join(work, `book-${date}`);
    for (const format of ['csv', 'parquet']) {
      run('book', 'export', '--data', data, '--date', date, '--format', format, '--out', out);
    }
    for (const table of TABLES) {
      const [parquet, csv] = [join(out, `${table}.parquet`), join(out, `${table}.csv`)];
      await check(`${date} ${table}: DuckDB reads every value`, async () => {
        const { differ, columns, missing } = await differing(parquet, csv);
        same(differ, 0, 'rows that differ');
        same(missing.length > 0, date === OPENING && ['accounts', 'customers'].includes(table), 'columns of later stages');
        const [[count]] = await rows(`SELECT count(*) FROM read_parquet('${parquet}')`);
        const lines = readFileSync(csv, 'utf8').split('\n').length - 2;
        same(Number(count), lines, 'rows');
        if (lines < 500 || columns.length < 3) throw new Error(`only ${lines} rows of ${columns.length} columns`);
      });
    }
    await check(`${date}: one file, and standard output, say the same of accounts`, () => {
      const one = join(work, 'one.parquet');
      run('book', 'export', '--data', data, '--date', date, '--format', 'parquet', '--out', one);
      same(readFileSync(one).equals(readFileSync(join(out, 'accounts.parquet'))), true, 'bytes');
      const csv = run('book', 'export', '--data', data, '--date', date, '--format', 'csv');
      same(csv === readFileSync(join(out, 'accounts.csv'), 'utf8'), true, 'CSV');
    });
  }

  const accounts = join(work, `book-${NIGHT}`, 'accounts.parquet');
  await check('types: dates are dates, money is whole fen, codes are texts', async () => {
    const types = Object.fromEntries((await rows(`DESCRIBE SELECT * FROM read_parquet('${accounts}')`)).map(([name, type]) => [name, type]));
    same([types.account_no, types.customer_no, types.bucket, types.oldest_due_date, types.balance_fen, types.dpd,
      types.willingness, types.contacts_7d], ['VARCHAR', 'VARCHAR', 'VARCHAR', 'DATE', 'BIGINT', 'INTEGER', 'SMALLINT', 'TINYINT'], 'types');
    const codes = await rows(`SELECT DISTINCT encodings FROM parquet_metadata('${accounts}') WHERE path_in_schema = 'bucket'`);
    if (!codes[0][0].includes('RLE_DICTIONARY')) throw new Error(`bucket: ${codes[0][0]}`);
  });
  await check('the footer says which edition it is', async () => {
    const edition = readFileSync(join(data, 'book', NIGHT, 'current'), 'utf8').trim();
    const book = JSON.parse(readFileSync(join(data, 'book', NIGHT, edition, 'book.json'), 'utf8'));
    const notes = Object.fromEntries((await rows(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${accounts}')`)));
    same(notes, { 'evenhand.date': NIGHT, 'evenhand.edition': edition, 'evenhand.hash': book.hash }, 'notes');
  });
  await check('a value changed in the CSV is noticed', async () => {
    const changed = join(work, 'changed.csv');
    const lines = readFileSync(join(work, `book-${NIGHT}`, 'dues.csv'), 'utf8').split('\n');
    lines[7] = lines[7].replace(/\d(?=,\d+$)/, (digit) => (Number(digit) + 1) % 10);
    writeFileSync(changed, lines.join('\n'));
    same((await differing(join(work, `book-${NIGHT}`, 'dues.parquet'), changed)).differ, 2, 'rows that differ');
  });
} catch (error) {
  broke('between the cases', error);
} finally {
  instance.closeSync();
  rmSync(work, { recursive: true, force: true });
}
finish();
