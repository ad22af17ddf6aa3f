// The tables of the peers: what they start from (yesterday's book, the bank's delivery, the casebook's
// cut) and what a night gives. Dates are days since 1970-01-01, 0 none; amounts fen; words codes.
const money = (...names) => names.map((name) => [name, 'BIGINT']);
const small = (...names) => names.map((name) => [name, 'SMALLINT']);
const days = (...names) => names.map((name) => [name, 'INTEGER']);

// Of an account, as Evenhand's book names them: compared one by one. Left out: numbers of rows
// (they mean something inside one book only) and what allocation gives.
export const ACCOUNT_COLUMNS = [
  ...small('product', 'status'), ...days('opened_on'), ...money('credit_limit_fen'),
  ...days('daily_rate_ppm'), ...small('billing_day', 'months_on_book'), ...days('balance_as_of', 'region_code'),
  ...small('promise', 'promise_days', 'broken_promises', 'flag', 'contacts_7d'),
  ...money('principal_fen', 'interest_fen', 'late_fee_fen', 'instalment_fee_fen', 'cost_fen', 'balance_fen',
    'min_due_fen'), ...days('next_due_date', 'last_payment_on'), ...money('last_payment_fen'),
  ...days('accrued_on'), ...small('late_fee_periods', 'scheduled'), ...days('cost_year_from'),
  ...money('cost_year_fen', 'cost_year_base_fen'), ...small('cost_review'),
  ...money('overdue_fen', 'paid_30d_fen'), ...days('oldest_due_date', 'dpd', 'customer_dpd'),
  ...small('bucket'), ...days('bucket_row'), ...small('bucket_before'),
  ...days('days_since_payment', 'payment_ratio_bps', 'utilisation_bps', 'due_in_days'),
  ...small('willingness', 'willingness_reason', 'ability', 'ability_reason', 'grade', 'approach'),
  ...days('grade_row'), ...small('balance_band'), ...days('balance_band_row'),
  ...small('treatment', 'channel', 'work', 'script'), ...days('treatment_row'),
  ...money('expected_recovery_fen', 'expected_cost_fen'), ...days('priority')];

// What the tables say a case is worth, each from the columns and those before it.
export const VALUED = ['claim_fen', 'expected_recovery_fen', 'expected_cost_fen', 'net_fen', 'priority'];
export const known_before = (name) => [...ACCOUNT_COLUMNS.map(([column]) => column)
  .filter((column) => !VALUED.includes(column)), ...VALUED.slice(0, VALUED.indexOf(name))];

// Those that are words.
export const WORD_COLUMNS = new Set(['product', 'status', 'promise', 'flag', 'bucket', 'bucket_before',
  'willingness_reason', 'ability_reason', 'grade', 'approach', 'balance_band', 'treatment', 'channel',
  'work', 'script']);

const DUE = [['account_id', 'INTEGER'], ...days('due_date'), ...money('unpaid_fen', 'principal_fen'),
  ...small('period')];
// seq: the order payments came in, which decides between two of one day.
const PAYMENT = [['account_id', 'INTEGER'], ...days('paid_on'), ...money('amount_fen'),
  ...small('applied'), ['payment_no', 'TEXT'], ['seq', 'BIGINT']];

// Loaded before the clock starts. Of yesterday's book only what a night reads.
const BEFORE = new Set(['product', 'status', 'opened_on', 'credit_limit_fen', 'daily_rate_ppm', 'billing_day',
  'balance_as_of', 'principal_fen', 'interest_fen', 'late_fee_fen', 'instalment_fee_fen', 'cost_fen',
  'balance_fen', 'min_due_fen', 'next_due_date', 'last_payment_on', 'last_payment_fen', 'accrued_on',
  'late_fee_periods', 'scheduled', 'cost_year_from', 'cost_year_fen', 'cost_year_base_fen', 'cost_review',
  'overdue_fen', 'dpd', 'bucket', 'treatment']);
export const LOADED = {
  words: [['code', 'SMALLINT'], ['word', 'TEXT']],
  treatment_rows: [['treatment_row', 'INTEGER'], ...small('treatment', 'channel', 'work', 'script')],
  y_accounts: [['account_id', 'INTEGER'], ['account_no', 'TEXT'], ['customer_id', 'INTEGER'],
    ...ACCOUNT_COLUMNS.filter(([name]) => BEFORE.has(name))],
  y_customers: [['customer_id', 'INTEGER'], ['customer_no', 'TEXT'], ['region_code', 'INTEGER']],
  y_dues: DUE,
  y_payments: PAYMENT,
  // What the casebook says of an account, where it says anything.
  cut: [['account_id', 'INTEGER'],
    ...small('promise', 'promise_days', 'broken_promises', 'flag', 'contacts_7d')],
  d_accounts: [['account_no', 'TEXT'], ['customer_no', 'TEXT'], ...small('product'), ...days('opened_on'),
    ...money('credit_limit_fen'), ...days('daily_rate_ppm'), ...small('billing_day', 'status')],
  d_balances: [['account_no', 'TEXT'], ...days('as_of'), ...money('principal_fen', 'interest_fen',
    'late_fee_fen', 'instalment_fee_fen', 'cost_fen', 'overdue_fen', 'min_due_fen'),
  ...days('oldest_due_date', 'next_due_date')],
  d_instalments: [['account_no', 'TEXT'], ...small('period'), ...days('due_date'),
    ...money('principal_fen', 'fee_fen', 'paid_fen')],
  d_payments: [['payment_no', 'TEXT'], ['account_no', 'TEXT'], ...days('paid_on'), ...money('amount_fen'),
    ['seq', 'BIGINT']],
};

const TOTALS = money('entered_accounts', 'entered_fen', 'cured_accounts', 'recovered_fen');

// What a night leaves, durable.
export const MADE = {
  t_accounts: [['account_id', 'INTEGER'], ['account_no', 'TEXT'], ['customer_id', 'INTEGER'],
    ...ACCOUNT_COLUMNS],
  t_dues: DUE,
  t_payments: PAYMENT,
  roll_cells: [...small('bucket_before', 'bucket'), ...money('accounts', 'balance_fen', 'balance_before_fen'), ...TOTALS],
  roll_totals: TOTALS,
  fact: [['kind', 'TEXT'], ['subject', 'TEXT'], ['made_by', 'TEXT'], ['made_at', 'BIGINT'], ['body', 'TEXT']],
  bucket_change: [['account_no', 'TEXT'], ...days('changed_on'), ...small('bucket_before', 'bucket'), ...days('dpd')],
};

export const names_of = (columns) => columns.map(([name]) => name);
export const create = (name, columns) =>
  `CREATE TABLE ${name} (${columns.map(([column, type]) => `${column} ${type}`).join(', ')})`;
