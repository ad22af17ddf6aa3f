// The peer: DuckDB reads the same file into a table with the same checks, in a process of its own.
//   node duckdb.mjs customers DATABASE CUSTOMERS.csv        what is there before
//   node duckdb.mjs accounts DATABASE ACCOUNTS.csv TABLE    timed, durable; prints {seconds, accepted}
//   node duckdb.mjs export DATABASE TABLE FILE              for the comparison
// Checked as a set (anti-joins, a window for repeated keys): on a million accounts that was faster
// here than PRIMARY KEY, REFERENCES and CHECK on the table.
import { DuckDBInstance } from '@duckdb/node-api';

const [what, database, ...rest] = process.argv.slice(2);
const instance = await DuckDBInstance.create(database, { threads: '2' });
const connection = await instance.connect();
const one = async (sql) => (await connection.runAndReadAll(sql)).getRows()[0];

if (what === 'customers') {
  await one(`CREATE TABLE customers AS SELECT customer_no FROM read_csv('${rest[0]}', all_varchar=true)`);
  await one('CREATE TABLE known (account_no VARCHAR)');
  await one('CHECKPOINT');
} else if (what === 'accounts') {
  const [file, table] = rest;
  const since = performance.now();
  await one(`CREATE TABLE staged AS SELECT * FROM read_csv('${file}', header=true, store_rejects=true,
    columns={'account_no':'VARCHAR','customer_no':'VARCHAR','product':'VARCHAR','opened_on':'DATE',
      'credit_limit_fen':'BIGINT','daily_rate_ppm':'INTEGER','billing_day':'TINYINT','status':'VARCHAR'})`);
  await one(`CREATE TABLE ${table} AS SELECT s.* FROM staged s SEMI JOIN customers USING (customer_no)
    WHERE length(account_no) BETWEEN 1 AND 64 AND length(customer_no) BETWEEN 1 AND 64 AND product IN ('card', 'card_instalment', 'online_loan')
      AND opened_on BETWEEN DATE '1900-01-01' AND DATE '2026-11-19' AND credit_limit_fen >= 0
      AND daily_rate_ppm BETWEEN 0 AND 1000000 AND billing_day BETWEEN 1 AND 31
      AND status IN ('open', 'closed', 'charged_off')
    QUALIFY row_number() OVER (PARTITION BY account_no ORDER BY s.rowid) = 1`);
  await one(`INSERT INTO known SELECT account_no FROM ${table} ANTI JOIN known USING (account_no)`);
  await one('DROP TABLE staged');
  await one('CHECKPOINT');
  const seconds = (performance.now() - since) / 1000;
  const [accepted] = await one(`SELECT count(*) FROM ${table}`);
  console.log(JSON.stringify({ seconds, accepted: Number(accepted) }));
} else {
  await one(`COPY (SELECT account_no, customer_no, product, opened_on - DATE '1970-01-01', credit_limit_fen,
    daily_rate_ppm, billing_day, status FROM ${rest[0]} ORDER BY account_no) TO '${rest[1]}' (HEADER false)`);
}
instance.closeSync();
