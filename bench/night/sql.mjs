// One night in set-based SQL, for DuckDB and PostgreSQL: the same statements but for a few words
// (`dialect`). The ledger's arithmetic is written here by hand after src/book (opening.cpp, ledger.cpp,
// accrue.cpp); every judgement comes from rules.mjs. One day is carried, as a night does; what would
// need more days (a snapshot older than yesterday) is told by `unsupported` and stops the peer.
//   dialect.work(name)        begins a table nobody needs tomorrow (not durable)
//   dialect.kept(name)        begins a durable one
//   dialect.div(a, b)         whole-number division
//   dialect.month(day, n)     the day n months on, clamped to the month's last
//   dialect.part(name, day)   year, month, day of a day number
//   dialect.series(last)      a row for each of 0 … last, as an expression
//   dialect.fence             ends a subquery that must not be folded into the one around it
import { LOADED, MADE, VALUED, known_before, names_of } from './tables.mjs';

export const GENERAL = ['product', 'opened_on', 'credit_limit_fen', 'daily_rate_ppm', 'billing_day', 'status'];
export const AMOUNTS = ['principal_fen', 'interest_fen', 'late_fee_fen', 'instalment_fee_fen', 'cost_fen'];
const KNOWN = ['balance_as_of', 'scheduled', 'last_payment_on', 'last_payment_fen', 'accrued_on'];
// Both arms of a UNION ALL must have the same types, or PostgreSQL does not run it in parallel.
const TYPES = new Map([...LOADED.y_dues, ...LOADED.y_accounts, ...LOADED.y_payments]);
const typed = (name, value = 0) => `CAST(${value} AS ${TYPES.get(name)})`;
const DUES = 'account_id, due_date, unpaid_fen, principal_fen, period';

export class Night {
  constructor(dialect, rules, { date, day, edition, version }) {
    Object.assign(this, { dialect, rules, date, day, edition, version });
    this.graces = [...new Set(rules.rows_of('terms').map((row) =>
      row[1 + rules.table('terms').outputs.indexOf('grace_days')]))];
  }

  // ---- merge: whose line is it, and what does it replace ------------------------------------------
  newcomers() {
    const { work } = this.dialect;
    const sent = ['d_accounts', 'd_balances', 'd_instalments', 'd_payments']
      .map((table) => `SELECT account_no FROM ${table}`).join(' UNION ');
    return [
      `${work('known')} SELECT account_no, account_id, ${KNOWN} FROM y_accounts WHERE account_no IN (${sent})`,
      `${work('newcomers')} SELECT CAST((SELECT max(account_id) FROM y_accounts) +
          row_number() OVER (ORDER BY d.account_no) AS INTEGER) AS account_id, d.account_no, c.customer_id,
          ${GENERAL.map((name) => `d.${name}`)}
        FROM d_accounts d JOIN y_customers c ON c.customer_no = d.customer_no
        WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.account_no = d.account_no)`,
    ];
  }
  merge() {
    const { work, div, month, series, fence } = this.dialect, { day } = this;
    return [
      ...this.newcomers(),
      `${work('sent')} SELECT account_no, account_id, ${KNOWN} FROM known UNION ALL
        SELECT account_no, account_id, 0, 0, 0, 0, ${day} FROM newcomers`,
      `${work('lines')} SELECT k.account_id, i.period, i.due_date,
          i.principal_fen + i.fee_fen - i.paid_fen AS unpaid_fen,
          least(i.principal_fen + i.fee_fen - i.paid_fen, i.principal_fen) AS principal_fen
        FROM d_instalments i JOIN sent k ON k.account_no = i.account_no`,
      `${work('scheduled')} SELECT DISTINCT account_id FROM lines`,
      // The latest snapshot up to the date, where the book has no later one.
      `${work('snapshots')} SELECT k.account_id, k.account_no, b.as_of, ${AMOUNTS.map((name) => `b.${name}`)},
          b.overdue_fen, b.min_due_fen, b.oldest_due_date, b.next_due_date,
          CASE WHEN k.scheduled = 1 OR l.account_id IS NOT NULL THEN 1 ELSE 0 END AS scheduled
        FROM (SELECT *, row_number() OVER (PARTITION BY account_no ORDER BY as_of DESC) AS place
              FROM d_balances WHERE as_of <= ${day}) b
        JOIN sent k ON k.account_no = b.account_no LEFT JOIN scheduled l ON l.account_id = k.account_id
        WHERE b.place = 1 AND b.as_of >= k.balance_as_of`,
      `${work('touched')} SELECT account_id FROM snapshots UNION SELECT account_id FROM scheduled`,
      // Dues of those with a snapshot or new lines, with the lines put in.
      `${work('lined')} SELECT ${DUES} FROM y_dues d
        WHERE account_id IN (SELECT account_id FROM touched)
          AND (account_id NOT IN (SELECT account_id FROM scheduled) OR period <> 0 AND NOT EXISTS
            (SELECT 1 FROM lines l WHERE l.account_id = d.account_id AND l.period = d.period))
        UNION ALL SELECT ${DUES} FROM lines WHERE unpaid_fen > 0`,
      // Missed lines of a schedule less what was paid since, oldest first.
      `${work('missed')} SELECT account_id, due_date, unpaid_fen - taken AS unpaid_fen,
          CASE WHEN before <= paid THEN least(principal_fen, unpaid_fen - taken) ELSE principal_fen END
            AS principal_fen, period, total, before + unpaid_fen > paid AS stays
        FROM (SELECT *, greatest(0, least(unpaid_fen, paid - before)) AS taken
          FROM (SELECT *, total - overdue_fen AS paid FROM (SELECT d.*, s.overdue_fen,
              CAST(sum(d.unpaid_fen) OVER (PARTITION BY d.account_id) AS BIGINT) AS total,
              CAST(sum(d.unpaid_fen) OVER (PARTITION BY d.account_id ORDER BY d.due_date, d.period
                ROWS UNBOUNDED PRECEDING) AS BIGINT) - d.unpaid_fen AS before
            FROM lined d JOIN snapshots s ON s.account_id = d.account_id
            WHERE s.scheduled = 1 AND d.due_date < s.as_of ${fence}) x ${fence}) y ${fence}) z`,
      `${work('opened')} SELECT s.*, s.scheduled = 1 AND coalesce(m.total, 0) >= s.overdue_fen
          AND coalesce(m.oldest, 0) = s.oldest_due_date AS by_schedule
        FROM snapshots s LEFT JOIN (SELECT account_id, max(total) AS total,
          min(CASE WHEN stays THEN due_date END) AS oldest FROM missed GROUP BY account_id) m
        ON m.account_id = s.account_id`,
      // The overdue spread over the months since the oldest due, the odd fen on the first.
      `${work('opened_dues')} SELECT m.${DUES.replaceAll(', ', ', m.')} FROM missed m
          JOIN opened o ON o.account_id = m.account_id WHERE m.stays AND o.by_schedule
        UNION ALL SELECT account_id, due_date, part, part, 0 FROM (
          SELECT account_id, due_date, CASE WHEN overdue_fen <= 0 THEN 0 ELSE ${div('overdue_fen', 'months')} +
            CASE WHEN n < overdue_fen % months THEN 1 ELSE 0 END END AS part
          FROM (SELECT *, count(*) OVER (PARTITION BY account_id) AS months FROM (
            SELECT *, ${month('oldest_due_date', 'n')} AS due_date FROM (
              SELECT account_id, as_of, overdue_fen, oldest_due_date,
                ${series(`CASE WHEN overdue_fen <= 0 THEN 0 ELSE ${div('(as_of - oldest_due_date)', '28')} END`)} AS n
              FROM opened WHERE NOT by_schedule AND oldest_due_date > 0 AND oldest_due_date < as_of) a) b
            WHERE due_date < as_of) c) d
        UNION ALL SELECT d.${DUES.replaceAll(', ', ', d.')} FROM lined d
          JOIN snapshots s ON s.account_id = d.account_id WHERE s.scheduled = 1 AND d.due_date >= s.as_of`,
      // The statement that stands: due at the next date, what it asks beyond the overdue.
      `${work('statements')} SELECT *, least(beyond, balance_fen - open_fen) AS asked FROM (
        SELECT o.account_id, o.as_of, o.min_due_fen - o.overdue_fen AS beyond,
          ${AMOUNTS.map((name) => `o.${name}`).join(' + ')} AS balance_fen, coalesce(d.open_fen, 0) AS open_fen,
          o.next_due_date <> 0 AND o.next_due_date < o.as_of AS stale,
          CASE WHEN o.next_due_date <> 0 AND o.next_due_date < o.as_of
            THEN ${month('o.next_due_date', '1')} ELSE o.next_due_date END AS next_due_date
        FROM opened o LEFT JOIN (SELECT account_id, CAST(sum(unpaid_fen) AS BIGINT) AS open_fen
          FROM opened_dues GROUP BY account_id) d ON d.account_id = o.account_id
        WHERE o.scheduled = 0 ${fence}) x`,
      `${work('changed_dues')} SELECT ${DUES.split(', ').map((name) => `${typed(name, name)} AS ${name}`)} FROM (
        SELECT ${DUES} FROM opened_dues
        UNION ALL SELECT ${DUES} FROM lined WHERE account_id NOT IN (SELECT account_id FROM snapshots)
        UNION ALL SELECT account_id, next_due_date, asked, asked, 0 FROM statements
          WHERE next_due_date <> 0 AND NOT stale AND asked > 0) x`,
      // A number seen before is the same payment sent again.
      `${work('new_payments')} SELECT account_id, paid_on, amount_fen, payment_no, seq FROM (
          SELECT k.account_id, p.paid_on, p.amount_fen, p.payment_no, p.seq,
            row_number() OVER (PARTITION BY k.account_id, p.payment_no ORDER BY p.seq) AS place
          FROM d_payments p JOIN sent k ON k.account_no = p.account_no) p
        WHERE place = 1 AND NOT EXISTS (SELECT 1 FROM y_payments y
          WHERE y.account_id = p.account_id AND y.payment_no = p.payment_no)`,
      `${work('payers')} SELECT k.account_id, s.as_of, coalesce(s.as_of, k.balance_as_of) AS balance_as_of,
          coalesce(s.as_of, k.accrued_on) AS accrued_on, k.last_payment_on, k.last_payment_fen
        FROM sent k LEFT JOIN snapshots s ON s.account_id = k.account_id
        WHERE s.account_id IS NOT NULL OR k.account_id IN (SELECT account_id FROM new_payments)
        UNION ALL SELECT account_id, CAST(NULL AS INTEGER), balance_as_of, accrued_on, last_payment_on,
          last_payment_fen FROM y_accounts
        WHERE account_id IN (SELECT account_id FROM y_payments WHERE applied = 0)
          AND account_id NOT IN (SELECT account_id FROM sent)`,
      `${work('changed_payments')} SELECT y.account_id, y.paid_on, y.amount_fen,
          CAST(CASE WHEN p.as_of IS NULL THEN y.applied WHEN y.paid_on <= p.as_of THEN 1 ELSE 0 END AS SMALLINT) AS applied,
          y.payment_no, y.seq FROM y_payments y JOIN payers p ON p.account_id = y.account_id
        UNION ALL SELECT n.account_id, n.paid_on, n.amount_fen,
          CAST(CASE WHEN n.paid_on <= p.balance_as_of THEN 1 ELSE 0 END AS SMALLINT), n.payment_no, n.seq
        FROM new_payments n JOIN payers p ON p.account_id = n.account_id`,
      `${work('last_payments')} SELECT account_id, paid_on, amount_fen FROM (
          SELECT c.*, row_number() OVER (PARTITION BY c.account_id ORDER BY c.paid_on DESC, c.seq DESC) AS place
          FROM changed_payments c JOIN payers p ON p.account_id = c.account_id
          WHERE c.applied = 1 AND c.paid_on >= p.last_payment_on) x WHERE place = 1`,
    ];
  }

  // Counts that must be 0: what these statements do not carry as the ledger would.
  unsupported() {
    return `SELECT
      (SELECT count(*) FROM snapshots WHERE as_of < ${this.day - 1}) +
      (SELECT count(*) FROM y_accounts WHERE accrued_on <> ${this.day - 1}) +
      (SELECT count(*) FROM statements WHERE next_due_date <> 0 AND next_due_date < as_of) +
      (SELECT count(*) FROM changed_payments c JOIN payers p ON p.account_id = c.account_id
        WHERE c.applied = 0 AND c.paid_on <= p.accrued_on) +
      (SELECT count(*) FROM (SELECT 1 FROM changed_dues GROUP BY account_id, due_date HAVING count(*) > 1) x)`;
  }

  opening_dues() {
    return `(SELECT ${DUES} FROM y_dues y WHERE NOT EXISTS
        (SELECT 1 FROM touched t WHERE t.account_id = y.account_id)
      UNION ALL SELECT ${DUES} FROM changed_dues)`;
  }

  // Sums of an account's dues as of the day.
  sums(from) {
    const { day } = this, sum = (what, when, name) =>
      `CAST(sum(CASE WHEN ${when} THEN ${what} ELSE 0 END) AS BIGINT) AS ${name}`;
    const late = this.graces.map((grace) =>
      sum('unpaid_fen', `due_date = ${day - grace - 1}`, `late_${grace}_fen`));
    return `SELECT account_id, min(due_date) AS oldest, CAST(sum(unpaid_fen) AS BIGINT) AS open_fen,
        ${sum('unpaid_fen', `due_date < ${day}`, 'overdue_fen')},
        ${sum('principal_fen', `due_date < ${day}`, 'missed_fen')},
        ${sum('unpaid_fen - principal_fen', `due_date = ${day}`, 'fee_today_fen')}, ${late},
        min(CASE WHEN due_date >= ${day} THEN due_date END) AS next_scheduled
      FROM ${from} d GROUP BY account_id`;
  }

  // ---- accrue: one day of charges on every account ------------------------------------------------
  ledger() {
    const { work, div, part, fence } = this.dialect, { day, rules } = this;
    const terms = rules.table('terms').outputs.map((name) => `${rules.output_of('terms', name)} AS ${name}`);
    const open = rules.code('open');
    const before = ['cost_year_from', 'cost_year_fen', 'cost_year_base_fen', 'cost_review', 'late_fee_periods'];
    const fresh = (name) => `CASE WHEN o.account_id IS NULL THEN y.${name} ELSE o.${name} END AS ${name}`;
    const half_up = (amount, rate, of) => div(`(${amount} * ${rate} * 2 + ${of})`, 2 * of);
    const general = GENERAL.map((name) => `coalesce(g.${name}, y.${name}) AS ${name}`);
    const zeros = [...AMOUNTS, 'balance_fen', 'min_due_fen', 'next_due_date', 'last_payment_on',
      'last_payment_fen', 'late_fee_periods', 'scheduled', ...before.filter((name) => name !== 'late_fee_periods')];
    const rows = `(SELECT account_id, account_no, customer_id, ${GENERAL}, balance_as_of, accrued_on, ${zeros},
        overdue_fen AS overdue_before_fen, dpd AS dpd_before, bucket AS bucket_before,
        treatment AS treatment_before, 1 AS was_there FROM y_accounts
      UNION ALL SELECT account_id, account_no, customer_id, ${GENERAL}, ${typed('balance_as_of')}, ${day},
        ${zeros.map((name) => typed(name))}, ${typed('overdue_fen')}, ${typed('dpd')}, ${typed('bucket', 'NULL')},
        ${typed('treatment', 'NULL')}, 0 FROM newcomers)`;
    const min_due = `CASE WHEN o.account_id IS NULL THEN y.min_due_fen WHEN o.scheduled = 1 THEN o.min_due_fen
      ELSE greatest(CASE WHEN s.beyond > 0 THEN s.beyond ELSE o.min_due_fen END, 0) END`;
    const opening = `SELECT y.account_id, y.account_no, coalesce(c.customer_id, y.customer_id) AS customer_id,
        ${general}, coalesce(o.as_of, y.balance_as_of) AS balance_as_of,
        coalesce(o.as_of, y.accrued_on) AS accrued_on, ${AMOUNTS.map(fresh)}, ${min_due} AS min_due_fen,
        CASE WHEN o.account_id IS NULL THEN y.next_due_date WHEN o.scheduled = 1 THEN 0
          ELSE s.next_due_date END AS next_due_date,
        coalesce(p.paid_on, y.last_payment_on) AS last_payment_on,
        coalesce(p.amount_fen, y.last_payment_fen) AS last_payment_fen,
        CASE WHEN l.account_id IS NULL THEN y.scheduled ELSE 1 END AS scheduled,
        ${before.map((name) => `y.${name}`)}, y.balance_fen AS balance_before_fen, y.overdue_before_fen,
        y.dpd_before, y.bucket_before, y.treatment_before, y.was_there,
        coalesce(d.oldest, 0) AS oldest, coalesce(d.open_fen, 0) AS open_fen,
        coalesce(d.overdue_fen, 0) AS overdue_fen, coalesce(d.missed_fen, 0) AS missed_fen,
        coalesce(d.fee_today_fen, 0) AS fee_today_fen, coalesce(d.next_scheduled, 0) AS next_scheduled,
        ${this.graces.map((grace) => `coalesce(d.late_${grace}_fen, 0) AS late_${grace}_fen`)}
      FROM ${rows} y
      LEFT JOIN (SELECT k.account_id, a.* FROM d_accounts a JOIN known k ON k.account_no = a.account_no) g
        ON g.account_id = y.account_id
      LEFT JOIN y_customers c ON c.customer_no = g.customer_no
      LEFT JOIN opened o ON o.account_id = y.account_id
      LEFT JOIN statements s ON s.account_id = y.account_id
      LEFT JOIN scheduled l ON l.account_id = y.account_id
      LEFT JOIN last_payments p ON p.account_id = y.account_id
      LEFT JOIN due_sums d ON d.account_id = y.account_id`;
    const charges = `SELECT *, accrued_on < ${day} AS carries, accrued_on < ${day} AND status = ${open} AS bears,
        oldest > 0 AND oldest < ${day} AS past_due, ${terms} FROM (${opening} ${fence}) a`;
    const late = `CASE grace_days ${this.graces.map((grace) => `WHEN ${grace} THEN late_${grace}_fen`).join(' ')} END`;
    const wanted = `SELECT *, CASE WHEN bears AND late_fee_bps > 0 AND ${late} > 0
          THEN least(greatest(${half_up(late, 'late_fee_bps', 10000)}, late_fee_min_fen),
            CASE WHEN late_fee_max_fen > 0 THEN late_fee_max_fen ELSE 9000000000000000 END) ELSE 0 END AS fee,
        CASE WHEN bears AND past_due THEN ${half_up(
    'greatest(CASE WHEN scheduled = 1 THEN least(principal_fen, missed_fen) ELSE principal_fen END, 0)',
    `least(greatest(daily_rate_ppm, 0), CASE WHEN daily_rate_cap_ppm > 0 THEN daily_rate_cap_ppm
       ELSE 1000000000 END)`, 1000000)} ELSE 0 END AS interest
      FROM (${charges} ${fence}) b`;
    // The year's cap counts from the first charge.
    const year = `SELECT *, (fee > 0 OR interest > 0) AND cost_cap_annual_bps > 0 AS capped,
        (fee > 0 OR interest > 0) AND cost_cap_annual_bps > 0
          AND (cost_year_from = 0 OR ${day} - cost_year_from >= 365) AS begins FROM (${wanted} ${fence}) c`;
    const counted = `SELECT *, CASE WHEN begins THEN ${day} ELSE cost_year_from END AS year_from,
        CASE WHEN begins THEN 0 ELSE cost_year_fen END AS year_fen,
        CASE WHEN begins THEN 0 ELSE cost_review END AS review,
        CASE WHEN capped THEN greatest(CASE WHEN begins THEN 0 ELSE cost_year_base_fen END, principal_fen)
          ELSE cost_year_base_fen END AS year_base_fen FROM (${year} ${fence}) d`;
    const room = `SELECT *, greatest(${div('year_base_fen * cost_cap_annual_bps', 10000)} - year_fen, 0) AS room
      FROM (${counted} ${fence}) e`;
    const held = `SELECT *, CASE WHEN capped THEN least(fee, room) ELSE fee END AS fee_charged
      FROM (${room} ${fence}) f`;
    const charged = `SELECT *, CASE WHEN capped THEN least(interest, room - fee_charged) ELSE interest END
      AS interest_charged FROM (${held} ${fence}) g`;
    const kept = ['account_id', 'account_no', 'customer_id', ...GENERAL, 'balance_as_of', 'accrued_on',
      'principal_fen', 'cost_fen', 'min_due_fen', 'next_due_date', 'last_payment_on', 'last_payment_fen',
      'scheduled', 'balance_before_fen', 'overdue_before_fen', 'dpd_before', 'bucket_before',
      'treatment_before', 'was_there', 'oldest', 'open_fen', 'overdue_fen', 'next_scheduled', 'carries'];
    const opened = (name) => part(name, 'opened_on'), [y, m, d] = this.date.split('-').map(Number);
    return [
      `${work('due_sums')} ${this.sums(this.opening_dues())}`,
      `${work('ledger')} SELECT ${kept}, interest_fen + interest_charged AS interest_fen,
        late_fee_fen + fee_charged AS late_fee_fen,
        instalment_fee_fen + CASE WHEN carries AND scheduled = 1 THEN fee_today_fen ELSE 0 END
          AS instalment_fee_fen,
        late_fee_periods + CASE WHEN fee_charged > 0 THEN 1 ELSE 0 END AS late_fee_periods,
        year_from AS cost_year_from, year_base_fen AS cost_year_base_fen,
        CASE WHEN capped THEN year_fen + fee_charged + interest_charged ELSE year_fen END AS cost_year_fen,
        CASE WHEN capped AND (fee > room OR interest > room - fee_charged) THEN 1 ELSE review END AS cost_review,
        greatest(0, least(32000, (${y} - ${opened('year')}) * 12 + ${m} - ${opened('month')} -
          CASE WHEN ${d} < ${opened('day')} THEN 1 ELSE 0 END)) AS months_on_book
      FROM (${charged} ${fence}) h`,
      `${work('queue')} SELECT c.account_id, c.paid_on, c.amount_fen,
          row_number() OVER (PARTITION BY c.account_id ORDER BY c.paid_on, c.seq) AS place
        FROM changed_payments c JOIN payers p ON p.account_id = c.account_id
        WHERE c.applied = 0 AND c.paid_on <= ${day} AND p.accrued_on < ${day}`,
      `${work('paid_0')} SELECT account_id, product, scheduled, ${AMOUNTS}, last_payment_on, last_payment_fen
        FROM ledger WHERE account_id IN (SELECT account_id FROM queue)`,
      `${work('paid_dues_0')} SELECT ${DUES} FROM ${this.opening_dues()} d
        WHERE account_id IN (SELECT account_id FROM queue)`,
    ];
  }
  rounds() {
    return 'SELECT coalesce(max(place), 0) FROM queue';
  }

  // The orders in which a payment is set off: each a word's code and the five components.
  orders() {
    const orders = [...new Set(this.rules.table('payment_order').rules.map((rule) => rule.outputs[0]))].map((text) =>
      ({ code: this.rules.value(text), parts: JSON.parse(text).split(',').map((part) => `${part.trim()}_fen`) }));
    for (const { parts } of orders) {
      if (parts.length !== AMOUNTS.length || AMOUNTS.some((name) => !parts.includes(name)))
        throw new Error(`payment_order: not the five components: ${parts}`);
    }
    return orders;
  }
  principal_first() {
    return this.orders().filter(({ parts }) => parts[0] === 'principal_fen').map(({ code }) => code);
  }

  // The nth payment of each account that has one: oldest due first, components in the table's order.
  payment(n) {
    const { work, fence } = this.dialect, { day, rules } = this;
    const orders = this.orders();
    const owed = (name) => `greatest(${name}, 0)`;
    const before = (name) => `CASE payment_order ${orders.map(({ code, parts }) => {
      const earlier = parts.slice(0, parts.indexOf(name));
      return `WHEN ${code} THEN ${earlier.length === 0 ? 0 : earlier.map(owed).join(' + ')}`;
    }).join(' ')} END`;
    const set_off = (name) => `${name} - greatest(0, least(${owed(name)}, amount_fen - (${before(name)})))`;
    const left = `greatest(0, amount_fen - (${AMOUNTS.map(owed).join(' + ')}))`;
    return [
      `${work(`paying_${n}`)} SELECT *, ${rules.output_of('payment_order')} AS payment_order FROM (
        SELECT p.*, q.amount_fen, q.paid_on, CASE WHEN d.oldest < ${day} THEN ${day} - d.oldest ELSE 0 END AS dpd
        FROM paid_${n - 1} p JOIN queue q ON q.account_id = p.account_id AND q.place = ${n}
        LEFT JOIN (SELECT account_id, min(due_date) AS oldest FROM paid_dues_${n - 1} GROUP BY account_id) d
          ON d.account_id = p.account_id ${fence}) x`,
      `${work(`setting_${n}`)} SELECT *, CASE WHEN payment_order IN (${this.principal_first().join(', ') || '-1'})
            THEN greatest(paid - principal_fen, 0) ELSE least(paid, unpaid_fen - principal_fen) END AS to_fee
        FROM (SELECT *, greatest(0, least(unpaid_fen, amount_fen - before)) AS paid FROM (
          SELECT d.*, p.amount_fen, p.payment_order, p.scheduled,
            CAST(sum(d.unpaid_fen) OVER (PARTITION BY d.account_id ORDER BY d.due_date, d.period
              ROWS UNBOUNDED PRECEDING) AS BIGINT) - d.unpaid_fen AS before
          FROM paid_dues_${n - 1} d JOIN paying_${n} p ON p.account_id = d.account_id ${fence}) x ${fence}) y`,
      // A fee paid before its due date is owed from now.
      `${work(`paid_${n}`)} SELECT account_id, product, scheduled,
          ${set_off('principal_fen')} - ${left} AS principal_fen,
          ${AMOUNTS.slice(1).map((name) => `${set_off(name)} AS ${name}`)},
          CASE WHEN paid_on < last_payment_on THEN last_payment_on ELSE paid_on END AS last_payment_on,
          CASE WHEN paid_on < last_payment_on THEN last_payment_fen ELSE amount_fen END AS last_payment_fen
        FROM (SELECT p.account_id, p.product, p.scheduled, p.principal_fen, p.interest_fen, p.late_fee_fen,
            p.instalment_fee_fen + coalesce(f.early, 0) AS instalment_fee_fen, p.cost_fen, p.last_payment_on,
            p.last_payment_fen, p.amount_fen, p.paid_on, p.payment_order
          FROM paying_${n} p LEFT JOIN (SELECT account_id, CAST(sum(CASE WHEN scheduled = 1 AND due_date > ${day}
            THEN to_fee ELSE 0 END) AS BIGINT) AS early FROM setting_${n} GROUP BY account_id) f
          ON f.account_id = p.account_id ${fence}) x
        UNION ALL SELECT * FROM paid_${n - 1} WHERE account_id NOT IN (SELECT account_id FROM paying_${n})`,
      `${work(`paid_dues_${n}`)} SELECT s.account_id, s.due_date, s.unpaid_fen - s.paid AS unpaid_fen,
          s.principal_fen - (s.paid - s.to_fee) AS principal_fen, s.period
        FROM setting_${n} s JOIN paid_${n} p ON p.account_id = s.account_id
        WHERE s.before + s.unpaid_fen > s.amount_fen
          AND ${AMOUNTS.map((name) => `p.${name}`).join(' + ')} > 0
        UNION ALL SELECT ${DUES} FROM paid_dues_${n - 1}
          WHERE account_id NOT IN (SELECT account_id FROM paying_${n})`,
    ];
  }

  // Payments are in: statements that come round, and the dues and payments of tomorrow.
  accrued(rounds) {
    const { work, kept, month, fence } = this.dialect, { day } = this;
    const paid = (name, of = 'p') => `CASE WHEN p.account_id IS NULL THEN l.${name} ELSE ${of}.${name} END AS ${name}`;
    const sums = (name) => `CASE WHEN p.account_id IS NULL THEN l.${name} ELSE coalesce(d.${name}, 0) END AS ${name}`;
    const amounts = [...AMOUNTS, 'last_payment_on', 'last_payment_fen'];
    const same = ['account_id', 'account_no', 'customer_id', ...GENERAL, 'months_on_book', 'balance_as_of',
      'min_due_fen', 'scheduled', 'next_due_date', 'accrued_on', 'late_fee_periods', 'cost_year_from',
      'cost_year_fen', 'cost_year_base_fen', 'cost_review', 'balance_before_fen', 'overdue_before_fen',
      'dpd_before', 'bucket_before', 'treatment_before', 'was_there', 'carries'].map((name) => `l.${name}`);
    const settled = `SELECT ${same}, ${amounts.map((name) => paid(name))},
        ${['oldest', 'open_fen', 'overdue_fen', 'next_scheduled'].map(sums)}
      FROM ledger l LEFT JOIN paid_${rounds} p ON p.account_id = l.account_id
      LEFT JOIN paid_sums d ON d.account_id = l.account_id`;
    const balance = `SELECT *, ${AMOUNTS.join(' + ')} AS balance_fen,
        carries AND scheduled = 0 AND next_due_date <> 0 AND next_due_date < ${day} AS comes_round
      FROM (${settled} ${fence}) a`;
    const payments = `(SELECT account_id, paid_on, amount_fen, applied, payment_no, seq FROM y_payments y
        WHERE NOT EXISTS (SELECT 1 FROM payers p WHERE p.account_id = y.account_id)
      UNION ALL SELECT c.account_id, c.paid_on, c.amount_fen, CAST(CASE WHEN c.applied = 1 OR
          p.accrued_on < ${day} AND c.paid_on <= ${day} THEN 1 ELSE 0 END AS SMALLINT), c.payment_no, c.seq
        FROM changed_payments c JOIN payers p ON p.account_id = c.account_id)`;
    return [
      `${work('paid_sums')} ${this.sums(`paid_dues_${rounds}`)}`,
      `${work('settled')} SELECT *, CASE WHEN comes_round THEN
            least(min_due_fen, greatest(balance_fen, 0) - open_fen) ELSE 0 END AS asked,
          CASE WHEN comes_round THEN ${month('next_due_date', '1')} ELSE next_due_date END AS due_next
        FROM (${balance} ${fence}) b`,
      `${kept('t_dues')} SELECT ${DUES} FROM ${this.opening_dues()} d
          WHERE NOT EXISTS (SELECT 1 FROM queue q WHERE q.account_id = d.account_id)
        UNION ALL SELECT ${DUES} FROM paid_dues_${rounds}
        UNION ALL SELECT account_id, due_next, asked, asked, ${typed('period')} FROM settled WHERE asked > 0`,
      `${work('recent')} SELECT account_id, CAST(sum(amount_fen) AS BIGINT) AS paid_30d_fen
        FROM ${payments} p WHERE paid_on > ${day - 30} AND paid_on <= ${day} GROUP BY account_id`,
      `${kept('t_payments')} SELECT p.account_id, p.paid_on, p.amount_fen, p.applied, p.payment_no, p.seq
        FROM ${payments} p JOIN settled s ON s.account_id = p.account_id
        WHERE p.paid_on > ${day - 30} OR p.applied = 0 OR p.paid_on > s.balance_as_of`,
    ];
  }

  // ---- age, score, treat: one pass, every table in it ---------------------------------------------
  decide() {
    const { work, kept, div, fence } = this.dialect, { day, rules } = this;
    const none = rules.code('none');
    const ratio = (of, whole) => `CASE WHEN ${whole} <= 0 THEN -1
      ELSE greatest(0, least(1000000, ${div(`${of} * 10000`, whole)})) END`;
    const dpd = `CASE WHEN oldest > 0 AND oldest < ${day} THEN ${day} - oldest ELSE 0 END`;
    const due = 'CASE WHEN scheduled = 1 THEN next_scheduled ELSE due_next END';
    const facts = `SELECT s.account_id, s.account_no, s.customer_id, ${GENERAL.map((name) => `s.${name}`)},
        s.months_on_book, s.balance_as_of, c.region_code, coalesce(t.promise, ${none}) AS promise,
        coalesce(t.promise_days, 0) AS promise_days, coalesce(t.broken_promises, 0) AS broken_promises,
        coalesce(t.flag, ${none}) AS flag, coalesce(t.contacts_7d, 0) AS contacts_7d,
        ${AMOUNTS.map((name) => `s.${name}`)}, s.balance_fen, s.min_due_fen,
        ${due} AS next_due_date, s.last_payment_on, s.last_payment_fen,
        greatest(s.accrued_on, ${day}) AS accrued_on, s.late_fee_periods, s.scheduled, s.cost_year_from,
        s.cost_year_fen, s.cost_year_base_fen, s.cost_review, s.overdue_fen,
        coalesce(r.paid_30d_fen, 0) AS paid_30d_fen,
        CASE WHEN s.oldest > 0 AND s.oldest < ${day} THEN s.oldest ELSE 0 END AS oldest_due_date,
        ${dpd} AS dpd, coalesce(w.customer_dpd, 0) AS customer_dpd, s.bucket_before,
        CASE WHEN s.last_payment_on = 0 THEN -1 ELSE greatest(0, ${day} - s.last_payment_on) END
          AS days_since_payment
      FROM settled s JOIN y_customers c ON c.customer_id = s.customer_id
      LEFT JOIN worst w ON w.customer_id = s.customer_id LEFT JOIN cut t ON t.account_id = s.account_id
      LEFT JOIN recent r ON r.account_id = s.account_id`;
    const ratios = `SELECT *, ${ratio('paid_30d_fen', 'min_due_fen')} AS payment_ratio_bps,
        ${ratio('balance_fen', 'credit_limit_fen')} AS utilisation_bps,
        CASE WHEN next_due_date = 0 OR next_due_date < ${day} THEN -1 ELSE next_due_date - ${day} END AS due_in_days,
        ${rules.row_of('bucket')} AS bucket_row, ${rules.output_of('bucket')} AS bucket,
        ${rules.row_of('balance_band')} AS balance_band_row, ${rules.output_of('balance_band')} AS balance_band
      FROM (${facts} ${fence}) a`;
    const willingness = rules.score('willingness'), ability = rules.score('ability');
    const keys = [willingness, ability].flatMap(({ names, keys: of }) => of.map((key, i) => `${key} AS ${names[i]}`));
    const keyed = `SELECT *, ${keys.join(', ')} FROM (${ratios} ${fence}) b`;
    const scored = `SELECT *, ${willingness.points} AS willingness, ${willingness.reason} AS willingness_reason,
        ${ability.points} AS ability, ${ability.reason} AS ability_reason FROM (${keyed} ${fence}) c`;
    const banded = `SELECT *, ${rules.output_of('willingness_band')} AS willingness_band,
        ${rules.output_of('ability_band')} AS ability_band FROM (${scored} ${fence}) d`;
    const graded = `SELECT *, ${rules.row_of('grade')} AS grade_row FROM (${banded} ${fence}) e`;
    const approached = `SELECT *, ${rules.output_of_row('grade', 'grade', 'grade_row')} AS grade,
        ${rules.output_of_row('grade', 'approach', 'grade_row')} AS approach FROM (${graded} ${fence}) f`;
    const treated = `SELECT *, ${rules.row_of('treatment')} AS treatment_row FROM (${approached} ${fence}) g`;
    const channelled = `SELECT g.*, t.treatment, t.channel, t.work, t.script
      FROM (${treated} ${fence}) g JOIN treatment_rows t ON t.treatment_row = g.treatment_row`;
    const decided = (name) => rules.resolve(known_before(name), (column) => column, div)(name);
    const valued = VALUED.slice(0, -1).reduce((from, name) =>
      `SELECT *, ${decided(name)} AS ${name} FROM (${from} ${fence}) h`, channelled);
    const given = MADE.t_accounts.map(([name, type]) =>
      name === 'priority' ? `CAST(${decided('priority')} AS INTEGER) AS priority`
        : type === 'TEXT' ? name : `CAST(${name} AS ${type}) AS ${name}`);
    return [
      `${work('worst')} SELECT customer_id, max(${dpd}) AS customer_dpd FROM settled
        WHERE oldest > 0 AND oldest < ${day} GROUP BY customer_id`,
      `${kept('t_accounts')} SELECT ${given.join(', ')} FROM (${valued} ${fence}) i`,
    ];
  }

  // ---- report -------------------------------------------------------------------------------------
  report() {
    const { kept } = this.dialect;
    const sum = (what, when = 'TRUE') => `CAST(coalesce(sum(CASE WHEN ${when} THEN ${what} ELSE 0 END), 0) AS BIGINT)`;
    const enters = 's.dpd_before = 0 AND t.dpd > 0', totals = names_of(MADE.roll_totals);
    return [
      `${kept('roll_cells')} SELECT t.bucket_before, t.bucket, count(*) AS accounts, ${sum('t.balance_fen')} AS balance_fen,
          ${sum('s.balance_before_fen', 's.was_there = 1')} AS balance_before_fen,
          ${sum(1, enters)} AS entered_accounts, ${sum('t.overdue_fen', enters)} AS entered_fen,
          ${sum(1, 's.dpd_before > 0 AND t.dpd = 0')} AS cured_accounts,
          ${sum('greatest(0, s.overdue_before_fen - t.overdue_fen)', 's.dpd_before > 0')} AS recovered_fen
        FROM t_accounts t JOIN settled s ON s.account_id = t.account_id GROUP BY t.bucket_before, t.bucket`,
      `${kept('roll_totals')} SELECT ${totals.map((name) => `${sum(name)} AS ${name}`)} FROM roll_cells`,
    ];
  }

  // ---- publish: what changed ------------------------------------------------------------------------
  publish() {
    const { work } = this.dialect, { date, day, edition, version, rules } = this;
    const word = (alias) => `coalesce(${alias}.word, '')`;
    const words = (pairs) => pairs.map(([alias, column]) =>
      `LEFT JOIN words ${alias} ON ${alias}.code = t.${column}`).join(' ');
    const fact = (kind, body) => `SELECT '${kind}', 'account:' || t.account_no, 'night', 0, ${body}`;
    const head = `'{"date":"${date}","edition":"${edition}","customer_no":"' || t.customer_no`;
    return [
      `${work('changed')} SELECT * FROM (
          SELECT t.account_no, c.customer_no, s.bucket_before, t.bucket, t.dpd, s.treatment_before, t.treatment,
            t.channel, t.work, t.treatment_row,
            s.bucket_before IS NULL AND t.dpd > 0 OR t.bucket <> s.bucket_before AS other_bucket,
            s.treatment_before IS NULL AND t.work <> ${rules.code('none')}
              OR t.treatment <> s.treatment_before AS other_treatment
          FROM t_accounts t JOIN settled s ON s.account_id = t.account_id
          JOIN y_customers c ON c.customer_id = t.customer_id) x
        WHERE other_bucket OR other_treatment`,
      `INSERT INTO bucket_change SELECT account_no, ${day}, bucket_before, bucket, dpd FROM changed WHERE other_bucket`,
      `INSERT INTO fact ${fact('bucket_changed', `${head} || '","bucket_before":"' || ${word('b')} ||
          '","bucket":"' || ${word('n')} || '","dpd":' || t.dpd || '}'`)}
        FROM changed t ${words([['b', 'bucket_before'], ['n', 'bucket']])} WHERE t.other_bucket`,
      `INSERT INTO fact ${fact('treatment_decided', `${head} || '","treatment_before":"' || ${word('b')} ||
          '","treatment":"' || ${word('n')} || '","channel":"' || ${word('h')} || '","work":"' || ${word('w')} ||
          '","file":"treatment.dmn","version":"${version}","row":' || t.treatment_row || '}'`)}
        FROM changed t ${words([['b', 'treatment_before'], ['n', 'treatment'], ['h', 'channel'], ['w', 'work']])}
        WHERE t.other_treatment`,
    ];
  }
}
