// A night of sql.mjs from its first statement to its last, and what it made as rows to compare.
import { ACCOUNT_COLUMNS, names_of } from './tables.mjs';

// The stages of a night, each a list of statements or what gives one when its turn comes.
export async function run_night(night, run, one) {
  const times = {};
  const stage = async (name, statements) => {
    const since = performance.now();
    for (const statement of statements) await run(statement);
    times[name] = (times[name] ?? 0) + performance.now() - since;
  };
  await stage('merge', night.merge());
  if (Number(await one(night.unsupported())) !== 0) throw new Error('the input needs what this SQL does not do');
  await stage('accrue', night.ledger());
  const since = performance.now(), rounds = Number(await one(night.rounds()));
  times.accrue += performance.now() - since;
  for (let n = 1; n <= rounds; ++n) await stage('accrue', night.payment(n));
  await stage('accrue', night.accrued(rounds));
  await stage('decide', night.decide());
  await stage('report', night.report());
  await stage('publish', night.publish());
  return times;
}

// ---- what was made, in the words and the order of the book --------------------------------------------

export function exports_of(word_columns, { div }) {
  const columns = names_of(ACCOUNT_COLUMNS);
  const shown = columns.map((name) => word_columns.has(name) ? `w_${name}.word AS ${name}` : `t.${name}`);
  const joins = columns.filter((name) => word_columns.has(name))
    .map((name) => `LEFT JOIN words w_${name} ON w_${name}.code = t.${name}`);
  const rate = (some, all) => `CASE WHEN ${some} <= 0 OR ${all} OVER (PARTITION BY b.word) <= 0 THEN 0
    ELSE ${div(`(${some} * 20000 + CAST(${all} OVER (PARTITION BY b.word) AS BIGINT))`,
    `(2 * CAST(${all} OVER (PARTITION BY b.word) AS BIGINT))`)} END`;
  const no = 'a.account_no', by = 'COLLATE "C"';
  return {
    accounts: `SELECT t.account_no, c.customer_no, ${shown.join(', ')} FROM t_accounts t
      JOIN y_customers c ON c.customer_id = t.customer_id ${joins.join(' ')} ORDER BY t.account_no ${by}`,
    dues: `SELECT ${no}, d.due_date, d.unpaid_fen, d.principal_fen, d.period FROM t_dues d
      JOIN t_accounts a ON a.account_id = d.account_id ORDER BY ${no} ${by}, d.due_date, d.period`,
    payments: `SELECT ${no}, p.paid_on, p.amount_fen, p.applied, p.payment_no FROM t_payments p
      JOIN t_accounts a ON a.account_id = p.account_id ORDER BY ${no} ${by}, p.paid_on, p.seq`,
    facts: `SELECT kind, subject, body FROM fact ORDER BY kind ${by}, subject ${by}`,
    roll: `SELECT coalesce(b.word, 'new') AS was, n.word AS now, r.accounts, r.balance_fen,
        ${rate('r.accounts', 'sum(r.accounts)')} AS rate_bps,
        ${rate('r.balance_fen', 'sum(r.balance_before_fen)')} AS balance_rate_bps
      FROM roll_cells r LEFT JOIN words b ON b.code = r.bucket_before JOIN words n ON n.code = r.bucket
      ORDER BY coalesce(b.word, 'new') ${by}, n.word ${by}`,
    totals: 'SELECT entered_accounts, entered_fen, cured_accounts, recovered_fen FROM roll_totals',
  };
}
