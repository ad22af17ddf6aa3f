// What the bank sends for the second night, made up from the first night's book; the same for the
// same book. Shares are of all accounts: 3 % pay on the day (one in ten of them more than once), 10 %
// have a new snapshot (of the day or the day before; as the book says, paid up, half paid, or with the
// overdue in other words), 0.5 % another limit, 0.05 % are closed or charged off, 0.2 % are new; of
// schedules 1 % have a line changed; one payment in five hundred is sent again.
import { closeSync, createReadStream, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const HEADERS = {
  accounts: 'account_no,customer_no,product,opened_on,credit_limit_fen,daily_rate_ppm,billing_day,status',
  balances: 'account_no,as_of,principal_fen,interest_fen,late_fee_fen,instalment_fee_fen,cost_fen,overdue_fen,' +
    'min_due_fen,oldest_due_date,next_due_date',
  instalments: 'account_no,period,due_date,principal_fen,fee_fen,paid_fen',
  payments: 'payment_no,account_no,paid_on,amount_fen,channel',
};

export const lines_of = (file) => createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }) });
export const day_of = (date) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
export const date_of = (day) => new Date(day * 86_400_000).toISOString().slice(0, 10);
const shown = (day) => (day === 0 ? '' : date_of(day));

// 32 bits of n, other ones for each question asked.
function dice(n, question) {
  n = Math.imul(n ^ (question * 0x9e3779b1), 0x45d9f3b);
  n = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  return (n ^ (n >>> 16)) >>> 0;
}
const chance = (n, question, in_ten_thousand) => dice(n, question) % 10_000 < in_ten_thousand;

class Out {
  constructor(file, header) {
    this.file = openSync(file, 'w');
    this.text = header === undefined ? '' : header + '\n';
  }
  put(...fields) {
    this.text += fields.join(',') + '\n';
    if (this.text.length > 1 << 20) this.flush();
  }
  flush() {
    writeSync(this.file, this.text);
    this.text = '';
  }
  close() {
    this.flush();
    closeSync(this.file);
  }
}

function months_on(day, months) {
  const from = new Date(day * 86_400_000);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  return to.getTime() / 86_400_000 + Math.min(from.getUTCDate(), last) - 1;
}

function put_payments(n, account, day, has_snapshot, out) {
  const balance = Math.max(account.balance_fen, 10_000);
  const asked = [account.overdue_fen || account.min_due_fen || balance, account.min_due_fen || 20_000,
    Math.ceil(balance / 2), balance, balance + 500, Math.ceil((account.overdue_fen || balance) / 3)];
  const times = chance(n, 11, 1000) ? 2 + dice(n, 12) % 2 : 1;
  for (let i = 0; i < times; ++i) {
    const amount = Math.max(1, i === 0 ? asked[dice(n, 13) % asked.length] : dice(n, 14 + i) % 200_000);
    const paid_on = has_snapshot && chance(n, 17, 2000) ? day - 1 : day;
    out.payments.put(`N${account.account_no}-${i}`, account.account_no, date_of(paid_on), amount, 'mobile_bank');
  }
}

function put_snapshot(n, account, day, out) {
  const as_of = day - dice(n, 21) % 2;
  let { principal_fen: principal, overdue_fen: overdue, oldest_due_date: oldest } = account;
  switch (dice(n, 22) % 8) {
    case 0:  // paid up
      principal = Math.max(0, principal - overdue);
      [overdue, oldest] = [0, 0];
      break;
    case 1:  // half of it paid
      principal -= Math.min(principal, Math.floor(overdue / 2));
      overdue = Math.ceil(overdue / 2);
      if (oldest > 0) oldest = Math.min(months_on(oldest, 1), as_of - 1);
      break;
    case 2:  // overdue since a day, no amount told
      if (oldest > 0) overdue = 0;
      break;
    case 3:
      principal += 12_345;
      break;
    default:  // as the book has it
  }
  const balance = principal + account.interest_fen + account.late_fee_fen + account.instalment_fee_fen + account.cost_fen;
  overdue = oldest === 0 ? 0 : Math.max(0, Math.min(overdue, balance));
  const next = account.next_due_date === 0 ? 0 : months_on(account.next_due_date, dice(n, 23) % 2);
  out.balances.put(account.account_no, date_of(as_of), principal, account.interest_fen, account.late_fee_fen,
    account.instalment_fee_fen, account.cost_fen, overdue, account.min_due_fen + overdue, shown(oldest), shown(next));
}

function put_lines(n, account, dues, out) {
  const due = dues.findLast((one) => one.period > 0);
  if (!due) return;
  const fee = due.unpaid_fen - due.principal_fen;
  const paid = dice(n, 31) % 3 === 0 ? due.unpaid_fen : Math.floor(due.unpaid_fen / 3);
  out.instalments.put(account.account_no, due.period, date_of(due.due_date), due.principal_fen, fee, paid);
  out.instalments.put(account.account_no, due.period + 1, date_of(months_on(due.due_date, 1)), due.principal_fen, fee, 0);
}

function put_account(n, account, day, out) {
  const of = (no, limit, status, opened) => out.accounts.put(no, account.customer_no, account.product,
    date_of(opened), limit, account.daily_rate_ppm, account.billing_day, status);
  const limit = account.credit_limit_fen;
  if (chance(n, 41, 50)) {
    of(account.account_no, Math.floor(limit * 1.1), account.status, account.opened_on);
  } else if (chance(n, 42, 5)) {
    of(account.account_no, limit, dice(n, 43) % 2 ? 'closed' : 'charged_off', account.opened_on);
  }
  if (!chance(n, 44, 20)) return;
  const no = `8${account.account_no.slice(1)}`;  // another of this customer's, opened last week
  of(no, limit, 'open', day - 7);
  if (chance(n, 45, 9000))
    out.balances.put(no, date_of(day), 50_000 + dice(n, 46) % 900_000, 0, 0, 0, 0, 0, 25_000, '', date_of(day + 20));
}

// What people told before: of those overdue one in eight promised (half of them twice), one in fifty has a
// hold on contact; of all others one in a thousand.
const HOLDS = ['dispute', 'complaint', 'hardship', 'plan', 'lost', 'deceased', 'counsel', 'minor', 'bankrupt', 'cease'];
export async function make_cases(sample, as_of, file) {
  const today = day_of(as_of), micros = (day) => day * 86_400_000_000 + 3_600_000_000;
  const out = new Out(file), accounts = lines_of(join(sample, 'accounts.csv'))[Symbol.asyncIterator]();
  let n = 0, account = (await accounts.next()).value;
  for await (const line of lines_of(join(sample, 'balances.csv'))) {
    const fields = line.split(','), overdue = Number(fields[7]);
    while (account !== undefined && account.slice(0, account.indexOf(',')) !== fields[0]) account = (await accounts.next()).value;
    if (++n === 1) continue;  // the header
    const customer = account.split(',')[1];
    for (let i = 0; overdue > 0 && chance(n, 51, 1250) && i < 1 + dice(n, 52) % 2; ++i) {
      const due = today - 24 + i * 20 + dice(n, 53 + i) % 10, made = due - 1 - dice(n, 55) % 9;
      if (made < today) out.put('promise', customer, fields[0], Math.max(1, Math.floor(overdue / 2)), due, micros(made));
    }
    if (chance(n, 56, overdue > 0 ? 200 : 10))
      out.put('hold', customer, HOLDS[dice(n, 57) % HOLDS.length], micros(today - 3 - dice(n, 58) % 30));
  }
  out.close();
}

// Fields that are numbers become numbers.
const read_fields = (names, line) => Object.fromEntries(line.split(',').map((text, i) =>
  [names[i], /_no$/.test(names[i]) || !/^-?\d+$/.test(text) ? text : Number(text)]));

// `dump`: what night_dump wrote; `columns`: of its accounts.csv. Gives the files and mapping.toml.
export async function make_delivery(dump, columns, date, folder) {
  const day = day_of(date), out = {}, names = ['account_no', 'customer_no', ...columns];
  for (const [kind, header] of Object.entries(HEADERS)) out[kind] = new Out(join(folder, `${kind}.csv`), header);
  const dues = lines_of(join(dump, 'dues.csv'))[Symbol.asyncIterator]();
  const next_due = async () => {
    const { value, done } = await dues.next();
    return done ? null : read_fields(['account_no', 'due_date', 'unpaid_fen', 'principal_fen', 'period'], value);
  };
  let due = await next_due(), n = 0;
  for await (const line of lines_of(join(dump, 'accounts.csv'))) {
    const account = read_fields(names, line), own = [];
    for (; due?.account_no === account.account_no; due = await next_due()) own.push(due);
    const has_snapshot = chance(++n, 2, 1000);
    if (has_snapshot) put_snapshot(n, account, day, out);
    if (chance(n, 1, 300)) put_payments(n, account, day, has_snapshot, out);
    if (account.scheduled === 1 && chance(n, 3, 100)) put_lines(n, account, own, out);
    put_account(n, account, day, out);
  }
  n = 0;
  for await (const line of lines_of(join(dump, 'payments.csv'))) {
    const [account_no, paid_on, amount_fen, applied, payment_no] = line.split(',');
    if (applied === '1' && chance(++n, 5, 20))
      out.payments.put(payment_no, account_no, date_of(Number(paid_on)), amount_fen, 'mobile_bank');
  }
  for (const file of Object.values(out)) file.close();
  writeFileSync(join(folder, 'mapping.toml'), `[source]\nencoding = "utf-8"\nas_of = "${date}"\n` +
    Object.keys(HEADERS).map((kind) =>
      `[[file]]\nmatch = "${kind}.csv"\n[[file.record]]\nkind = "${kind}"\ncontent = "delta"\n`).join(''));
  return Object.keys(HEADERS).map((kind) => join(folder, `${kind}.csv`));
}
