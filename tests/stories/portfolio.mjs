// The lender's files as a story tells them: what it says, and for the rest a plain customer with a
// plain card. Names and numbers are made up; citizen ids have a right check digit and no owner.

const HEADERS = {
  customers: 'customer_no,name,citizen_id,region_code,address,birth_date,language',
  accounts: 'account_no,customer_no,product,opened_on,credit_limit_fen,daily_rate_ppm,billing_day,status',
  balances: 'account_no,as_of,principal_fen,interest_fen,late_fee_fen,instalment_fee_fen,cost_fen,' +
    'overdue_fen,min_due_fen,oldest_due_date,next_due_date',
  contacts: 'customer_no,contact_no,role,relation,channel,value,name,valid,source,consent',
  guarantors: 'account_no,guarantor_no,name,citizen_id,phone',
  payments: 'payment_no,account_no,paid_on,amount_fen,channel',
  past_contacts: 'customer_no,contact_no,contacted_at,channel,outcome,by',
};

export function fen(yuan) {
  const [, sign, whole, part = ''] = /^(-?)([\d,]+)(?:\.(\d{1,2}))?$/.exec(yuan) ?? [];
  if (whole === undefined) throw new Error(`${yuan} is no amount in yuan`);
  const value = Number(whole.replaceAll(',', '')) * 100 + Number(part.padEnd(2, '0'));
  return sign ? -value : value;
}

export function plusDays(date, days) {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

function citizenId(number) {
  const body = `44010619850307${String(number % 1000).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, w, i) => total + w * Number(body[i]), 0);
  return body + '10X98765432'[sum % 11];
}

export class Portfolio {
  rows = Object.fromEntries(Object.keys(HEADERS).map((kind) => [kind, []]));
  count = 0;

  addCustomer(row) {
    const number = ++this.count;
    this.rows.customers.push({
      name: '张三丰', citizen_id: citizenId(number), region_code: '440106',
      address: '广东省广州市天河区虚构路1号', birth_date: '1985-03-07', language: 'zh-CN', ...row,
    });
  }

  // `days_overdue`, `overdue`, `balance`, `interest`, `late_fee` and `min_due` (yuan) are how a clerk
  // says it; `balance` is the principal.
  addAccount(row, asOf) {
    const { days_overdue = '0', overdue = '0', balance = '10,000.00', interest = '0', late_fee = '0',
      min_due = overdue, ...account } = row;
    const late = Number(days_overdue);
    this.rows.accounts.push({
      product: 'card', opened_on: '2024-01-15', credit_limit_fen: 5_000_000, daily_rate_ppm: 500,
      billing_day: 5, status: 'open', ...account,
    });
    this.rows.balances.push({
      account_no: row.account_no, as_of: asOf, principal_fen: fen(balance),
      interest_fen: fen(interest), late_fee_fen: fen(late_fee), instalment_fee_fen: 0, cost_fen: 0,
      overdue_fen: fen(overdue), min_due_fen: fen(min_due),
      oldest_due_date: late > 0 ? plusDays(asOf, -late) : '', next_due_date: plusDays(asOf, 20),
    });
  }

  addContact(row) {
    this.rows.contacts.push({
      contact_no: '1', role: 'self', relation: '', channel: 'mobile', name: '', valid: '1',
      source: '开户', consent: '1', ...row,
    });
  }

  addPayment(row) {
    const { amount, ...rest } = row;
    const number = ++this.count;
    this.rows.payments.push({
      payment_no: `P${number}`, channel: 'bank', amount_fen: fen(amount), ...rest,
    });
  }

  addPastContact(row) {
    this.rows.past_contacts.push({ contact_no: '1', channel: 'call', outcome: 'no_answer',
      by: 'agency', ...row });
  }

  // File name → text, for the kinds that have rows; then forgets them, as a day's delivery is over.
  take() {
    const files = {};
    for (const [kind, rows] of Object.entries(this.rows)) {
      if (rows.length === 0) continue;
      const names = HEADERS[kind].split(',');
      const unknown = Object.keys(rows[0]).filter((name) => !names.includes(name));
      if (unknown.length > 0) throw new Error(`${kind} have no ${unknown.join(', ')}`);
      const quote = (v) => (/[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v);
      files[`${kind}.csv`] = [HEADERS[kind],
        ...rows.map((row) => names.map((name) => quote(String(row[name] ?? ''))).join(','))]
        .join('\n') + '\n';
      this.rows[kind] = [];
    }
    return files;
  }
}
