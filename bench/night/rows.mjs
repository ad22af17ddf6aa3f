// The peer PostgreSQL, account by account: two loops in PL/pgSQL as a core system's stored procedures
// have them, run by as many sessions as there are threads, each on its share of the accounts. Judgements
// are the same generated expressions (rules.mjs); tables have the indexes such loops want.
import { PostgreSQL, dialect } from './postgres.mjs';
import { AMOUNTS, GENERAL, Night } from './sql.mjs';
import { LOADED, MADE, VALUED, create, known_before, names_of } from './tables.mjs';

const { div, month, part } = dialect;
const INDEXES = ['y_accounts (account_id)', 'y_accounts (account_no)', 'y_customers (customer_id)',
  'y_customers (customer_no)', 'y_dues (account_id)', 'y_payments (account_id)', 'cut (account_id)',
  'd_accounts (account_no)', 'd_balances (account_no)', 'd_instalments (account_no)', 'd_payments (account_no)'];
const BEFORE = [['dpd_before', 'INTEGER'], ['treatment_before', 'SMALLINT'], ['was_there', 'SMALLINT'],
  ['balance_before_fen', 'BIGINT'], ['overdue_before_fen', 'BIGINT'], ['next_date', 'INTEGER']];
const BALANCE = AMOUNTS.map((name) => `s.${name}`).join(' + ');
const CARRIED = ['balance_as_of', 'accrued_on', 'next_due_date', 'min_due_fen', 'last_payment_on', 'last_payment_fen',
  'late_fee_periods', 'scheduled', 'cost_year_from', 'cost_year_fen', 'cost_year_base_fen', 'cost_review'];

const take = (from, names) => names.map((name) => `s.${name} := ${from}.${name};`).join(' ');
const none_open = "n_on := '{}'; n_unpaid := '{}'; n_principal := '{}'; n_period := '{}';";
const keep_due = (on, unpaid, principal, period) => `n_on := n_on || ${on}; n_unpaid := n_unpaid || CAST(${unpaid} AS BIGINT);
  n_principal := n_principal || CAST(${principal} AS BIGINT); n_period := n_period || CAST(${period} AS INTEGER);`;
const as_it_was = keep_due('due_on[i]', 'unpaid[i]', 'principal[i]', 'period[i]');
const now_open = 'due_on := n_on; unpaid := n_unpaid; principal := n_principal; period := n_period;';

const snapshot = `
  ${take('b', AMOUNTS)} s.accrued_on := b.as_of; s.balance_as_of := b.as_of;
  ${none_open} by_schedule := false; total := 0;
  IF s.scheduled = 1 THEN
    FOR i IN 1 .. cardinality(due_on) LOOP
      IF due_on[i] < b.as_of THEN total := total + unpaid[i]; END IF;
    END LOOP;
    IF total >= b.overdue_fen THEN
      rest := total - b.overdue_fen; stopped := false;
      FOR i IN 1 .. cardinality(due_on) LOOP
        CONTINUE WHEN due_on[i] >= b.as_of;
        IF stopped THEN
          ${as_it_was}
        ELSE
          taken := least(rest, unpaid[i]); rest := rest - taken;
          CONTINUE WHEN unpaid[i] - taken <= 0;
          stopped := true;
          ${keep_due('due_on[i]', 'unpaid[i] - taken', 'least(principal[i], unpaid[i] - taken)', 'period[i]')}
        END IF;
      END LOOP;
      by_schedule := coalesce(n_on[1], 0) = b.oldest_due_date;
    END IF;
    IF NOT by_schedule THEN ${none_open} END IF;
  END IF;
  IF NOT by_schedule AND b.oldest_due_date > 0 AND b.oldest_due_date < b.as_of THEN
    months := 0;
    LOOP
      EXIT WHEN ${month('b.oldest_due_date', 'months')} >= b.as_of OR months > 0 AND b.overdue_fen <= 0;
      months := months + 1;
    END LOOP;
    FOR i IN 1 .. months LOOP
      taken := CASE WHEN b.overdue_fen <= 0 THEN 0 ELSE b.overdue_fen / months +
        CASE WHEN i <= b.overdue_fen % months THEN 1 ELSE 0 END END;
      ${keep_due(month('b.oldest_due_date', '(i - 1)'), 'taken', 'taken', '0')}
    END LOOP;
  END IF;
  IF s.scheduled = 1 THEN
    FOR i IN 1 .. cardinality(due_on) LOOP
      IF due_on[i] >= b.as_of THEN ${as_it_was} END IF;
    END LOOP;
    s.min_due_fen := b.min_due_fen; s.next_due_date := 0;
  ELSE
    rest := b.min_due_fen - b.overdue_fen;
    s.min_due_fen := greatest(CASE WHEN rest > 0 THEN rest ELSE b.min_due_fen END, 0);
    s.next_due_date := b.next_due_date;
    IF s.next_due_date <> 0 THEN
      stopped := false;
      WHILE s.next_due_date < b.as_of LOOP
        s.next_due_date := ${month('s.next_due_date', '1')}; stopped := true;
      END LOOP;
      taken := least(rest, ${BALANCE} - (SELECT coalesce(sum(x), 0) FROM unnest(n_unpaid) x));
      IF NOT stopped AND taken > 0 THEN ${keep_due('s.next_due_date', 'taken', 'taken', '0')} END IF;
    END IF;
  END IF;
  ${now_open}`;

// What the year's cap leaves of the charge in \`taken\`.
const within_cost_cap = (day) => `
  IF taken > 0 AND cost_cap_annual_bps > 0 THEN
    IF s.cost_year_from = 0 OR ${day} - s.cost_year_from >= 365 THEN
      s.cost_year_from := ${day}; s.cost_year_fen := 0; s.cost_year_base_fen := 0; s.cost_review := 0;
    END IF;
    s.cost_year_base_fen := greatest(s.cost_year_base_fen, s.principal_fen);
    rest := greatest(s.cost_year_base_fen * cost_cap_annual_bps / 10000 - s.cost_year_fen, 0);
    IF taken > rest THEN s.cost_review := 1; END IF;
    taken := least(taken, rest); s.cost_year_fen := s.cost_year_fen + taken;
  END IF;`;

const charges = (day, open) => `
  past_due := cardinality(due_on) > 0 AND due_on[1] < ${day};
  IF s.status = ${open} THEN
    FOR i IN 1 .. cardinality(due_on) LOOP
      CONTINUE WHEN due_on[i] + grace_days + 1 <> ${day} OR unpaid[i] <= 0 OR late_fee_bps <= 0;
      taken := greatest((unpaid[i] * late_fee_bps * 2 + 10000) / 20000, late_fee_min_fen);
      IF late_fee_max_fen > 0 THEN taken := least(taken, late_fee_max_fen); END IF;
      ${within_cost_cap(day)}
      IF taken <> 0 THEN
        s.late_fee_fen := s.late_fee_fen + taken; s.late_fee_periods := s.late_fee_periods + 1;
      END IF;
    END LOOP;
    IF past_due THEN
      total := s.principal_fen;
      IF s.scheduled = 1 THEN
        total := 0;
        FOR i IN 1 .. cardinality(due_on) LOOP
          IF due_on[i] < ${day} THEN total := total + principal[i]; END IF;
        END LOOP;
        total := least(s.principal_fen, total);
      END IF;
      taken := greatest(s.daily_rate_ppm, 0);
      IF daily_rate_cap_ppm > 0 THEN taken := least(taken, daily_rate_cap_ppm); END IF;
      taken := (greatest(total, 0) * taken * 2 + 1000000) / 2000000;
      ${within_cost_cap(day)}
      s.interest_fen := s.interest_fen + taken;
    END IF;
  END IF;
  IF s.scheduled = 1 THEN
    FOR i IN 1 .. cardinality(due_on) LOOP
      IF due_on[i] = ${day} THEN s.instalment_fee_fen := s.instalment_fee_fen + unpaid[i] - principal[i]; END IF;
    END LOOP;
  END IF;`;

const set_off = (day, rules, night) => `
  dpd := CASE WHEN cardinality(due_on) > 0 AND due_on[1] < ${day} THEN ${day} - due_on[1] ELSE 0 END;
  payment_order := ${rules.output_of('payment_order', 'payment_order', (name) => (name === 'dpd' ? 'dpd' : `s.${name}`))};
  rest := p.amount_fen; stopped := false; ${none_open}
  FOR i IN 1 .. cardinality(due_on) LOOP
    IF stopped THEN
      ${as_it_was}
      CONTINUE;
    END IF;
    taken := least(rest, unpaid[i]);
    to_fee := CASE WHEN payment_order IN (${night.principal_first().join(', ') || '-1'}) THEN greatest(taken - principal[i], 0)
      ELSE least(taken, unpaid[i] - principal[i]) END;
    IF s.scheduled = 1 AND due_on[i] > ${day} THEN s.instalment_fee_fen := s.instalment_fee_fen + to_fee; END IF;
    rest := rest - taken;
    CONTINUE WHEN unpaid[i] - taken <= 0;
    stopped := true;
    ${keep_due('due_on[i]', 'unpaid[i] - taken', 'principal[i] - (taken - to_fee)', 'period[i]')}
  END LOOP;
  ${now_open} rest := p.amount_fen;
  CASE payment_order ${night.orders().map(({ code, parts }) => `WHEN ${code} THEN ${parts.map((name) =>
    `taken := least(rest, greatest(s.${name}, 0)); s.${name} := s.${name} - taken; rest := rest - taken;`).join('\n')}`).join('\n')}
  END CASE;
  s.principal_fen := s.principal_fen - rest;
  IF ${BALANCE} <= 0 THEN ${none_open} ${now_open} END IF;`;

const declared = `y RECORD; g RECORD; b RECORD; p RECORD; s settled%ROWTYPE; nobody settled%ROWTYPE;
  due_on INTEGER[]; unpaid BIGINT[]; principal BIGINT[]; period INTEGER[]; n_on INTEGER[]; n_unpaid BIGINT[];
  n_principal BIGINT[]; n_period INTEGER[]; fresh BOOLEAN; by_schedule BOOLEAN; stopped BOOLEAN; past_due BOOLEAN;
  carries BOOLEAN; inside BOOLEAN; total BIGINT; rest BIGINT; taken BIGINT; to_fee BIGINT; paid_30d BIGINT;
  months INTEGER; dpd INTEGER; payment_order INTEGER;`;

function ledger_loop(night) {
  const { rules, day, date } = night, terms = rules.table('terms').outputs;
  const [year, of_year, of_month] = date.split('-').map(Number);
  const arrays = (from) => `SELECT coalesce(array_agg(due_date ORDER BY due_date, period), '{}'),
      coalesce(array_agg(unpaid_fen ORDER BY due_date, period), '{}'),
      coalesce(array_agg(principal_fen ORDER BY due_date, period), '{}'),
      coalesce(array_agg(CAST(period AS INTEGER) ORDER BY due_date, period), '{}') FROM ${from}`;
  return `CREATE FUNCTION night_ledger(low INTEGER, high INTEGER) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE ${declared} ${terms.map((name) => `${name} BIGINT;`).join(' ')}
BEGIN
FOR y IN SELECT account_id, account_no, customer_id, ${GENERAL}, ${CARRIED}, ${AMOUNTS}, bucket,
    treatment, dpd, balance_fen, overdue_fen, 1 AS was_there FROM y_accounts WHERE account_id BETWEEN low AND high
  UNION ALL SELECT account_id, account_no, customer_id, ${GENERAL},
    ${CARRIED.map((name) => (name === 'accrued_on' ? day : 0))}, ${AMOUNTS.map(() => 0)}, NULL, NULL, 0, 0, 0, 0
    FROM newcomers WHERE account_id BETWEEN low AND high LOOP
  s := nobody;
  ${take('y', ['account_id', 'account_no', 'customer_id', ...GENERAL, ...CARRIED, ...AMOUNTS, 'was_there'])}
  s.bucket_before := y.bucket; s.treatment_before := y.treatment; s.dpd_before := y.dpd;
  s.balance_before_fen := y.balance_fen; s.overdue_before_fen := y.overdue_fen;
  SELECT a.*, c.customer_id INTO g FROM d_accounts a JOIN y_customers c ON c.customer_no = a.customer_no
    WHERE a.account_no = y.account_no;
  IF FOUND THEN ${take('g', ['customer_id', ...GENERAL])} END IF;
  s.months_on_book := greatest(0, least(32000, (${year} - ${part('year', 's.opened_on')}) * 12 + ${of_year} -
    ${part('month', 's.opened_on')} - CASE WHEN ${of_month} < ${part('day', 's.opened_on')} THEN 1 ELSE 0 END));
  ${arrays('y_dues d WHERE d.account_id = y.account_id').replace(' FROM y_dues', ' INTO due_on, unpaid, principal, period FROM y_dues')};
  IF EXISTS (SELECT 1 FROM d_instalments i WHERE i.account_no = y.account_no) THEN
    s.scheduled := 1;
    ${arrays(`(SELECT u.due_date, u.unpaid_fen, u.principal_fen, u.period
        FROM unnest(due_on, unpaid, principal, period) AS u(due_date, unpaid_fen, principal_fen, period)
        WHERE u.period <> 0 AND NOT EXISTS (SELECT 1 FROM d_instalments i WHERE i.account_no = y.account_no
          AND i.period = u.period)
      UNION ALL SELECT due_date, owed, least(owed, i.principal_fen), period
        FROM (SELECT *, principal_fen + fee_fen - paid_fen AS owed FROM d_instalments WHERE account_no = y.account_no) i
        WHERE owed > 0) x`).replace(' FROM (SELECT u.', ' INTO due_on, unpaid, principal, period FROM (SELECT u.')};
  END IF;
  SELECT * INTO b FROM d_balances WHERE account_no = y.account_no AND as_of <= ${day} ORDER BY as_of DESC LIMIT 1;
  fresh := FOUND AND b.as_of >= s.balance_as_of;
  IF fresh THEN ${snapshot} END IF;
  carries := s.accrued_on < ${day};
  IF carries THEN
    ${terms.map((name) => `${name} := ${rules.output_of('terms', name, (input) => `s.${input}`)};`).join('\n    ')}
    ${charges(day, rules.code('open'))}
  END IF;
  paid_30d := 0;
  FOR p IN SELECT paid_on, amount_fen, applied, payment_no, seq, true AS known FROM y_payments WHERE account_id = y.account_id
    UNION ALL SELECT paid_on, amount_fen, 0, payment_no, seq, false FROM d_payments d
      WHERE d.account_no = y.account_no AND NOT EXISTS (SELECT 1 FROM y_payments k
          WHERE k.account_id = y.account_id AND k.payment_no = d.payment_no)
        AND NOT EXISTS (SELECT 1 FROM d_payments e
          WHERE e.account_no = d.account_no AND e.payment_no = d.payment_no AND e.seq < d.seq)
    ORDER BY paid_on, seq LOOP
    inside := CASE WHEN fresh OR NOT p.known THEN p.paid_on <= s.balance_as_of ELSE p.applied = 1 END;
    IF inside OR carries AND p.paid_on <= ${day} THEN
      IF NOT inside THEN ${set_off(day, rules, night)} END IF;
      inside := true;
      IF p.paid_on >= s.last_payment_on THEN
        s.last_payment_on := p.paid_on; s.last_payment_fen := p.amount_fen;
      END IF;
    END IF;
    IF p.paid_on > ${day - 30} AND p.paid_on <= ${day} THEN paid_30d := paid_30d + p.amount_fen; END IF;
    IF p.paid_on > ${day - 30} OR NOT inside OR p.paid_on > s.balance_as_of THEN
      INSERT INTO t_payments VALUES (y.account_id, p.paid_on, p.amount_fen, CASE WHEN inside THEN 1 ELSE 0 END,
        p.payment_no, p.seq);
    END IF;
  END LOOP;
  s.paid_30d_fen := paid_30d; s.balance_fen := ${BALANCE};
  IF carries AND s.scheduled = 0 AND s.next_due_date <> 0 THEN
    WHILE s.next_due_date < ${day} LOOP
      s.next_due_date := ${month('s.next_due_date', '1')};
      taken := least(s.min_due_fen, greatest(s.balance_fen, 0) - (SELECT coalesce(sum(x), 0) FROM unnest(unpaid) x));
      IF taken > 0 THEN
        due_on := due_on || s.next_due_date; unpaid := unpaid || taken; principal := principal || taken; period := period || 0;
      END IF;
    END LOOP;
  END IF;
  s.accrued_on := greatest(s.accrued_on, ${day});
  IF s.scheduled = 1 THEN s.next_due_date := 0; END IF;
  s.overdue_fen := 0; s.oldest_due_date := 0;
  FOR i IN 1 .. cardinality(due_on) LOOP
    IF due_on[i] < ${day} THEN
      s.overdue_fen := s.overdue_fen + unpaid[i];
      IF i = 1 THEN s.oldest_due_date := due_on[i]; END IF;
    ELSIF s.scheduled = 1 AND s.next_due_date = 0 THEN
      s.next_due_date := due_on[i];
    END IF;
    INSERT INTO t_dues VALUES (y.account_id, due_on[i], unpaid[i], principal[i], period[i]);
  END LOOP;
  s.dpd := CASE WHEN s.oldest_due_date = 0 THEN 0 ELSE ${day} - s.oldest_due_date END;
  INSERT INTO settled SELECT s.*;
END LOOP;
END $$`;
}

function decide_loop(night) {
  const { rules, day, date, edition, version } = night, of_row = (name) => `r.${name}`;
  const bands = ['willingness_band', 'ability_band'], local = new Set([...bands, 'claim_fen', 'net_fen']);
  const input = (name) => (local.has(name) ? name : of_row(name));
  const scores = ['willingness', 'ability'].map((name) => ({ name, ...rules.score(name, of_row) }));
  const assign = (name, value) => `${name} := ${value};`;
  const decided = (name) => rules.resolve(known_before(name), input, div)(name);
  const judged = (name, output = name) => assign(`r.${output}`, rules.output_of(name, output, input));
  const fired = (name) => assign(`r.${name}_row`, rules.row_of(name, input));
  const ratio = (of, whole) => `CASE WHEN ${whole} <= 0 THEN -1
    ELSE greatest(0, least(1000000, ${of} * 10000 / ${whole})) END`;
  const columns = names_of(MADE.t_accounts);
  const known = (name) => `coalesce((SELECT word FROM words WHERE code = ${name}), '')`;
  const fact = (kind, body) => `INSERT INTO fact VALUES ('${kind}', 'account:' || r.account_no, 'night', 0, ${body});`;
  const head = `'{"date":"${date}","edition":"${edition}","customer_no":"' || customer_no`;
  return `CREATE FUNCTION night_decide(low INTEGER, high INTEGER) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE s settled%ROWTYPE; r t_accounts%ROWTYPE; c RECORD; customer_no TEXT; willingness_band INTEGER;
  ability_band INTEGER; claim_fen BIGINT; net_fen BIGINT; ${scores.flatMap(({ names }) => names).map((name) => `${name} INTEGER;`).join(' ')}
BEGIN
FOR s IN SELECT * FROM settled WHERE account_id BETWEEN low AND high LOOP
  ${columns.map((name) => assign(`r.${name}`, `s.${name}`)).join(' ')}
  SELECT max(o.dpd) INTO r.customer_dpd FROM settled o WHERE o.customer_id = s.customer_id;
  SELECT k.customer_no, k.region_code INTO customer_no, r.region_code FROM y_customers k WHERE k.customer_id = s.customer_id;
  SELECT * INTO c FROM cut WHERE account_id = s.account_id;
  r.promise := coalesce(c.promise, ${rules.code('none')}); r.flag := coalesce(c.flag, ${rules.code('none')});
  ${['promise_days', 'broken_promises', 'contacts_7d'].map((name) => assign(`r.${name}`, `coalesce(c.${name}, 0)`)).join(' ')}
  r.days_since_payment := CASE WHEN r.last_payment_on = 0 THEN -1 ELSE greatest(0, ${day} - r.last_payment_on) END;
  r.payment_ratio_bps := ${ratio('r.paid_30d_fen', 'r.min_due_fen')};
  r.utilisation_bps := ${ratio('r.balance_fen', 'r.credit_limit_fen')};
  r.due_in_days := CASE WHEN r.next_due_date = 0 OR r.next_due_date < ${day} THEN -1 ELSE r.next_due_date - ${day} END;
  ${judged('bucket')} ${fired('bucket')} ${judged('balance_band')} ${fired('balance_band')}
  ${scores.map(({ name, names, keys, points, reason }) => [...keys.map((key, i) => assign(names[i], key)),
    assign(`r.${name}`, points), assign(`r.${name}_reason`, reason)].join('\n  ')).join('\n  ')}
  ${bands.map((name) => assign(name, rules.output_of(name, name, input))).join(' ')}
  ${fired('grade')} ${judged('grade')} ${judged('grade', 'approach')}
  ${fired('treatment')}
  SELECT t.treatment, t.channel, t.work, t.script INTO r.treatment, r.channel, r.work, r.script
    FROM treatment_rows t WHERE t.treatment_row = r.treatment_row;
  ${VALUED.map((name) => assign(input(name), decided(name))).join('\n  ')}
  INSERT INTO t_accounts SELECT r.*;
  IF r.bucket_before IS NULL AND r.dpd > 0 OR r.bucket <> r.bucket_before THEN
    INSERT INTO bucket_change VALUES (r.account_no, ${day}, r.bucket_before, r.bucket, r.dpd);
    ${fact('bucket_changed', `${head} || '","bucket_before":"' || ${known('r.bucket_before')} || '","bucket":"' ||
      ${known('r.bucket')} || '","dpd":' || r.dpd || '}'`)}
  END IF;
  IF s.treatment_before IS NULL AND r.work <> ${rules.code('none')} OR r.treatment <> s.treatment_before THEN
    ${fact('treatment_decided', `${head} || '","treatment_before":"' || ${known('s.treatment_before')} ||
      '","treatment":"' || ${known('r.treatment')} || '","channel":"' || ${known('r.channel')} || '","work":"' ||
      ${known('r.work')} || '","file":"treatment.dmn","version":"${version}","row":' || r.treatment_row || '}'`)}
  END IF;
END LOOP;
END $$`;
}

export class RowLoop extends PostgreSQL {
  name = 'PostgreSQL, row by row';
  place = 'postgres_rows';

  async prepare() {
    await super.prepare();
    for (const on of INDEXES) await this.session.run(`CREATE INDEX ON ${on}`);
    this.works = new Night(dialect, this.rules, this.context);
    await this.session.run(create('t_accounts', MADE.t_accounts));
    await this.session.run(create('settled', [...MADE.t_accounts, ...BEFORE]));
    await this.session.run(ledger_loop(this.works));
    await this.session.run(decide_loop(this.works));
    await this.session.run('ANALYZE');
    this.last = Number(await this.session.one(`SELECT (SELECT count(*) FROM y_accounts) + (SELECT count(*) FROM d_accounts)`));
  }

  // Each session its share, in a transaction of its own.
  async share(name, sessions) {
    const since = performance.now(), size = Math.ceil((this.last + 1) / sessions.length);
    await Promise.all(sessions.map(async (session, i) => {
      await session.run('BEGIN');
      await session.run(`SELECT ${name}(${i * size}, ${(i + 1) * size - 1})`);
      await session.run('COMMIT');
    }));
    return performance.now() - since;
  }

  async night() {
    const { session, works } = this, times = {};
    const others = Array.from({ length: this.context.threads - 1 }, () => this.cluster.session());
    const stage = async (name, statements) => {
      const since = performance.now();
      for (const sql of statements) await session.run(sql);
      times[name] = performance.now() - since;
    };
    await stage('merge', [...works.newcomers(), create('t_accounts', MADE.t_accounts), create('t_dues', MADE.t_dues),
      create('t_payments', MADE.t_payments), create('settled', [...MADE.t_accounts, ...BEFORE]),
      'CREATE INDEX ON settled (account_id)', 'CREATE INDEX ON settled (customer_id)']);
    times.accrue = await this.share('night_ledger', [session, ...others]);
    times.decide = await this.share('night_decide', [session, ...others]);
    await stage('report', works.report());
    for (const other of others) other.end();
    return times;
  }
}
