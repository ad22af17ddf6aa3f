// The sentences a story may use. Each is a pattern and what it does to the world, or asks of it.
import assert from 'node:assert/strict';
import { rowsOf } from './parse.mjs';
import { fen, plusDays } from './portfolio.mjs';

const steps = { given: [], when: [], then: [] };
const given = (pattern, run) => steps.given.push({ pattern, run });
const when = (pattern, run) => { steps.when.push({ pattern, run }); steps.given.push({ pattern, run }); };
const then = (pattern, run) => steps.then.push({ pattern, run });

export async function play(world, step) {
  for (const { pattern, run } of steps[step.kind]) {
    const match = pattern.exec(step.text);
    if (match) return run(world, match.slice(1), step);
  }
  throw new Error(`no sentence like this: ${step.kind} ${step.text}`);
}

function good(world) {
  const { status, text } = world.answer;
  if (status !== 200) throw new Error(`answered ${status}: ${text.slice(0, 600)}`);
  return world.answer.body;
}

const WHO = '((?:the|an?) [a-z]+(?: of \\S+)?|[a-z][a-z0-9_.-]*)';
const say = (text) => new RegExp(`^${text.replaceAll('WHO', WHO)}$`);

// ---- the portfolio -------------------------------------------------------------------------------
when(/^the files show (\d{4}-\d\d-\d\d)$/, (world, [date]) => { world.asOf = date; });
given(/^(?:the )?customers?$/, (world, _, step) =>
  rowsOf(step).forEach((row) => world.portfolio.addCustomer(row)));
given(/^(?:the )?accounts?$/, (world, _, step) =>
  rowsOf(step).forEach((row) => world.portfolio.addAccount(row, world.asOf)));
given(/^(?:the )?contacts?$/, (world, _, step) =>
  rowsOf(step).forEach((row) => world.portfolio.addContact(row)));
given(/^(?:the )?past contacts?$/, (world, _, step) =>
  rowsOf(step).forEach((row) => world.portfolio.addPastContact(row)));
when(/^(?:the )?payments? (?:come|comes) in$/, (world, _, step) =>
  rowsOf(step).forEach((row) => world.portfolio.addPayment(row)));
// One plain customer with one late card and one mobile number, as most stories need.
given(/^customer (\S+) is (\d+) days late with (\S+) yuan$/, (world, [customer, days, overdue]) => {
  world.portfolio.addCustomer({ customer_no: customer });
  world.portfolio.addAccount({ account_no: `${customer}-A`, customer_no: customer,
    days_overdue: days, overdue }, world.asOf);
  world.portfolio.addContact({ customer_no: customer, value: `1380000${String(world.portfolio.count)
    .padStart(4, '0')}` });
});

// ---- experiments ---------------------------------------------------------------------------------
given(/^(\d+) customers are (\d+) days late with (\S+) yuan$/, (world, [count, days, overdue]) => {
  for (let i = 1; i <= Number(count); i++) {
    world.portfolio.addCustomer({ customer_no: `C${i}` });
    world.portfolio.addAccount({ account_no: `C${i}-A`, customer_no: `C${i}`,
      days_overdue: days, overdue, balance: '60,000.00' }, world.asOf);
    world.portfolio.addContact({ customer_no: `C${i}`, value: `138${String(i).padStart(8, '0')}` });
  }
});
when(say('WHO drafts (\\S+) with all "(.+)" in place of "(.+)" for trial'), async (world, [who, file, to, from]) => {
  const user = await world.who(who);
  await world.call(user, 'GET', `/tables/${file}/xml`);
  const cell = (word) => `<outputEntry><text>"${word}"`;
  const xml = world.answer.text.replaceAll(cell(from), cell(to));
  assert.notEqual(xml, world.answer.text);
  await world.call(user, 'POST', '/drafts', { file, note: 'as the story says', xml });
  const draft = good(world);
  // Its test cases expect what it is meant to give.
  await world.call(user, 'PUT', `/drafts/${draft.version.version_id}`, { xml,
    tests_csv: draft.tests_csv.replaceAll(`,${from},`, `,${to},`), note: draft.version.note,
    revision: draft.version.revision });
  good(world);
  keepDraft(world);
  world.tried = { from, to };
});
when(say('WHO releases it for trial'), async (world, [who]) => {
  await world.call(await world.who(who), 'POST', `/drafts/${world.draft.id}/review`,
    { verdict: 'trial', note: 'seen' });
  good(world);
});
when(say('WHO asks for experiment (\\S+) from (\\S+)'), async (world, [who, name, start]) => {
  await world.call(await world.who(who), 'POST', '/experiments', { name, title: name,
    file: 'treatment.dmn', challenger_version: world.draft.version.version, share_bps: 5000,
    seed: '7', buckets: [], strata: ['bucket'], start_date: start, end_date: plusDays(start, 30),
    horizon_days: 7, metric: 'recovered', margin_bps: 100, guards: ['complaints'], note: '' });
  if (world.answer.status === 200) world.experiment = world.answer.body.experiment_id;
});
when(say('WHO approves the experiment'), async (world, [who]) => {
  await world.call(await world.who(who), 'POST', `/experiments/${world.experiment}/review`,
    { verdict: 'approve', note: '' });
});
when(say('WHO stops the experiment'), async (world, [who]) => {
  await world.call(await world.who(who), 'POST', `/experiments/${world.experiment}/stop`,
    { reason: 'as the story says' });
});
async function experiment(world) {
  await world.call(await world.who('the analyst'), 'GET', `/experiments/${world.experiment}`);
  return good(world);
}
then(/^(\d+) of its (\d+) persons are the challenger's$/, async (world, [challenger, persons]) => {
  const { split } = await experiment(world);
  assert.deepEqual([split.challenger, split.persons], [Number(challenger), Number(persons)]);
});
then(/^the verdict is (\w+)$/, async (world, [word]) => {
  const { verdict } = await experiment(world);
  assert.equal(verdict.verdict, word);
  assert.ok(verdict.words_zh && verdict.words_en && verdict.row > 0);
});
// The book says the arm of each account; its treatment must be one that arm's table gives.
function treatments(world) {
  const csv = world.run(['book export', '--date', world.today, '--format', 'csv']).stdout;
  const [head, ...lines] = csv.trim().split('\n').map((line) => line.split(','));
  const [arm, treatment] = [head.indexOf('arm'), head.indexOf('treatment')];
  return lines.map((line) => ({ arm: arm < 0 ? '' : line[arm], treatment: line[treatment] }));
}
then(/^each person is treated as its arm's table says$/, (world) => {
  const rows = treatments(world);
  const count = (arm, treatment) => rows.filter((row) => row.arm.endsWith(`=${arm}`) &&
    row.treatment === treatment).length;
  assert.ok(count('challenger', world.tried.to) > 0, JSON.stringify(rows.slice(0, 5)));
  assert.ok(count('champion', world.tried.from) > 0);
  assert.equal(count('challenger', world.tried.from), 0);
  assert.equal(count('champion', world.tried.to), 0);
});
then(/^nobody is treated by the challenger$/, (world) => {
  const rows = treatments(world);
  assert.ok(rows.some((row) => row.treatment === world.tried.from));
  assert.ok(rows.every((row) => row.arm === '' && row.treatment !== world.tried.to));
});
then(/^the night of (\S+) replays everybody as it was$/, async (world, [date]) => {
  const user = await world.who('the analyst');
  for (const customer of ['C1', 'C2', 'C3', 'C4', 'C5', 'C6']) {
    await world.call(user, 'POST', '/replay', { date, case_id: customer });
    assert.equal(good(world).agrees, true, world.answer.text.slice(0, 1500));
  }
});
then(/^(\S+) takes no part for an? (\w+)$/, async (world, [, why]) => {
  const { split } = await experiment(world);
  assert.equal(split.left_out.find((one) => one.reason === why)?.persons, 1);
});
then(/^(\d+) persons are counted, (\d+) of them held later$/, async (world, [persons, held]) => {
  const { verdict } = await experiment(world);
  const sum = (name) => verdict.arms.reduce((all, arm) => all + arm[name], 0);
  assert.deepEqual([sum('persons'), sum('held_later')], [Number(persons), Number(held)]);
});

// ---- offers --------------------------------------------------------------------------------------
const OFFER = /^(\S+) may (not )?be offered (\w+?)(?: up to (\d+))?(?:, which (?:the (\w+) must|(.+) may) grant)?$/;
then(OFFER, async (world, [account, not, kind, limit, approver, who]) => {
  const customer = account.replace(/-[A-Z]$/, '');
  await world.call(await world.who(who ?? `the collector of ${customer}`), 'GET',
    `/cases/${customer}/offers`);
  const found = good(world).items.find((one) => one.account_no === account && one.kind === kind);
  assert.equal(found.offered, !not, JSON.stringify(found));
  assert.ok(found.because.row > 0 && found.because.annotation);
  if (limit) assert.equal(found.limit, Number(limit));
  if (approver) assert.deepEqual([found.authority, found.approver], ['approve', approver]);
  if (who) assert.equal(found.authority, 'may');
});

// ---- time ----------------------------------------------------------------------------------------
when(/^it is (\d{4}-\d\d-\d\d) (\d\d:\d\d)$/, (world, [date, time]) =>
  world.setClock(`${date}T${time}:00+08:00`));
when(/^the night of (\d{4}-\d\d-\d\d) runs$/, (world, [date]) => world.night(date));
when(/^the files are imported$/, (world) => { world.report = world.importFiles(); });
when(/^the same files are imported again$/, (world) => {
  world.report = world.importFiles({ files: world.delivered });
});
// The file's lines as they are, good and bad.
when(/^the file (\S+) is imported$/, (world, [name], step) => {
  const text = step.table.map((row) => row.map((cell) => (/[",]/.test(cell) ? `"${cell}"` : cell))
    .join(',')).join('\n') + '\n';
  world.report = world.importFiles({ files: { [name]: text } });
});
then(/^line (\d+) is rejected for (\w+)$/, (world, [line, field]) => {
  const rejected = world.report.files.flatMap((f) => f.first_rejected);
  const found = rejected.find((r) => r.line === Number(line) && r.field === field);
  assert.ok(found, `rejected: ${JSON.stringify(rejected)}`);
  assert.ok(found.reason && found.hint && found.reason_code);
});
then(/^both runs of the night of (\S+) gave the same bytes$/, (world, [date]) => {
  const runs = world.nights.get(date);
  assert.equal(runs.length, 2);
  assert.ok(runs[0].length > 0 && runs[0] === runs[1]);
});
given(/^(\w+) starts today as a collector$/, (world, [name]) => {
  world.ensureStaff();
  world.addNewcomer(name);
});
when(say('WHO gives (\\S+) to (\\w+)'), async (world, [who, customer, to]) => {
  await world.call(await world.who(who), 'POST', '/allotments',
    { case_ids: [customer], to_user_name: to, reason: 'by_hand' });
});

// ---- contact -------------------------------------------------------------------------------------
const PERMIT = 'WHO asks to (call|robot_call|sms|email|letter|visit) (\\S+:\\S+)' +
  '(?: to (remind|collect|negotiate|relay|answer|legal_notice))?( without a word of the debt)?' +
  '(?: with key (\\S+))?';
async function ask(world, [who, channel, point, purpose, silent, key], dry) {
  const user = await world.who(who);
  const [customer] = point.split(':');
  const body = { contact_point_id: point, channel, purpose: purpose ?? 'collect',
    says_debt: !silent };
  if (!dry) body.idempotency_key = key ?? `${Date.now()}-${Math.random()}`;
  await world.call(user, 'POST', `/cases/${customer}/${dry ? 'gate' : 'permits'}`, body);
  world.permit = dry ? null : world.answer.body;
  world.gate = dry ? world.answer.body : world.answer.body?.answer;
  world.asker = user;
}
when(say(PERMIT), (world, found) => ask(world, found, false));
when(say(PERMIT.replace('asks to', 'only wonders whether to')), (world, found) =>
  ask(world, found, true));
when(/^it ends (?:with|in) (\w+)$/, async (world, [outcome]) => {
  await world.call(world.asker, 'POST', `/permits/${world.permit.permit_id}/outcome`,
    { outcome, note: '' });
  good(world);
});
then(/^it is (granted|allowed)$/, (world, [word]) => {
  good(world);
  if (!world.gate.allowed) {
    throw new Error(`refused: ${JSON.stringify(world.gate.refusals.map((r) => r.code))}`);
  }
  if (word === 'granted') assert.equal(world.permit.granted, true);
});
then(/^it is refused with ([\w., ]+?)(?: and no other)?$/, (world, [codes], step) => {
  good(world);
  const fired = world.gate.refusals.map((r) => r.code);
  assert.equal(world.gate.allowed, false, 'it was allowed');
  for (const code of codes.split(/,\s*/)) {
    assert.ok(fired.includes(code), `${code} is not among ${fired.join(', ') || 'none'}`);
  }
  if (step.text.endsWith('and no other')) assert.equal(fired.length, codes.split(',').length);
  for (const refusal of world.gate.refusals) {
    assert.ok(refusal.citation && refusal.reason_zh && refusal.version, 'a refusal without its source');
  }
});
then(/^(?:it )?would be allowed at (\S+ \S+)$/, (world, [at]) =>
  assert.equal(world.gate.allowed_at, `${at.replace(' ', 'T')}:00+08:00`));
then(/^nobody can say when it would be allowed$/, (world) =>
  assert.equal(world.gate.allowed_at ?? null, null));
then(/^(\d+) contacts? (?:is|are) left today$/, (world, [left]) =>
  assert.equal(world.gate.contacts_left_today, Number(left)));

// ---- casework ------------------------------------------------------------------------------------
when(say('WHO puts (\\S+) on hold for (\\w+)(?: until (\\S+))?'), async (world, [who, customer, kind, until]) => {
  await world.call(await world.who(who), 'POST', `/cases/${customer}/holds`,
    { kind, reason: 'as told', until: until ?? null });
  world.hold = { customer, ...good(world) };
});
when(say('WHO (?:lifts|tries to lift) it'), async (world, [who]) => {
  const { customer, hold_id } = world.hold;
  await world.call(await world.who(who), 'DELETE',
    `/cases/${customer}/holds/${hold_id}?reason=settled`);
});
when(say('WHO (?:asks|tries) to have it lifted'), async (world, [who]) => {
  const { customer, hold_id } = world.hold;
  await world.call(await world.who(who), 'POST',
    `/cases/${customer}/holds/${hold_id}/lift`, { reason: 'settled' });
});
// The one request of this story, whoever's inbox it is in.
when(say('WHO (approves|refuses|takes back) what was asked'), async (world, [who, act]) => {
  const user = await world.who(who);
  const verb = act === 'approves' ? 'approve' : act === 'refuses' ? 'refuse' : 'withdraw';
  if (!world.approval) {
    await world.call(user, 'GET', '/approvals');
    const lists = good(world);
    world.approval = [...lists.waiting, ...lists.asked][0]?.approval_id ?? '1';
  }
  await world.call(user, 'POST', `/approvals/${world.approval}/${verb}`,
    verb === 'withdraw' ? {} : { note: 'looked at' });
});
then(say('(\\d+) approvals? (?:waits|wait) for WHO'), async (world, [count, who]) => {
  await world.call(await world.who(who), 'GET', '/approvals');
  assert.equal(good(world).waiting.length, Number(count));
});
when(say('WHO notes a promise of (\\S+) yuan on (\\S+) due (\\S+)'),
  async (world, [who, amount, account, due]) => {
    const customer = account.replace(/-[A-Z]$/, '');
    await world.call(await world.who(who), 'POST', `/cases/${customer}/promises`,
      { account_no: account, amount_fen: fen(amount), due_date: due, note: '' });
  });
when(say('WHO opens (?:case )?(\\S+)'), async (world, [who, customer]) => {
  await world.call(await world.who(who), 'GET', `/cases/${customer}`);
});
when(/^somebody else than the collector of (\S+) opens (\S+)$/, async (world, [owner, customer]) => {
  const own = await world.collectorOf(owner);
  const other = [...world.passwords].find(([name, u]) => u.role === 'collector' && name !== own);
  await world.call(other[0], 'GET', `/cases/${customer}`);
});
then(say('the promise on (\\S+) is (open|kept|partly|broken)'), async (world, [account, state]) => {
  await world.call(await world.who('an analyst'), 'GET', `/cases/${account.replace(/-[A-Z]$/, '')}`);
  const promise = good(world).promises.find((p) => p.account_no === account);
  assert.equal(promise?.state, state);
});
then(/^(?:account )?(\S+) is in bucket (\S+)(?:, (\d+) days past due)?$/,
  async (world, [account, bucket, dpd]) => {
    await world.call(await world.who('an analyst'), 'GET', `/cases/${account.replace(/-[A-Z]$/, '')}`);
    const found = good(world).accounts.find((a) => a.account_no === account);
    assert.equal(found?.bucket, bucket);
    if (dpd !== undefined) assert.equal(found.dpd, Number(dpd));
  });
then(/^(\S+) owes (\S+) yuan of (principal|interest|late_fee|instalment_fee|cost|balance|overdue)$/,
  async (world, [account, amount, part]) => {
    await world.call(await world.who('an analyst'), 'GET', `/cases/${account.replace(/-[A-Z]$/, '')}`);
    const found = good(world).accounts.find((a) => a.account_no === account);
    assert.equal(found?.[`${part}_fen`], fen(amount));
  });
then(/^(\S+)'s treatment comes from row (\d+|any) of (\S+)$/, async (world, [account, row, file]) => {
  const customer = account.replace(/-[A-Z]$/, '');
  await world.call(await world.who('an analyst'), 'GET', `/cases/${customer}/decisions`);
  const found = good(world).items.filter((d) => d.file === file && d.decision === 'treatment');
  assert.ok(found.length > 0, `no decision of ${file}: ${world.answer.text.slice(0, 400)}`);
  if (row !== 'any') assert.equal(found[0].row, Number(row));
  assert.ok(found[0].version && found[0].row > 0);
});

// ---- tables --------------------------------------------------------------------------------------
const xmlText = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
function keepDraft(world) {
  if (world.answer.status === 200) world.draft = { ...world.answer.body, id: world.answer.body.version.version_id };
}
when(say('WHO drafts (\\S+) with "(.+)" in place of "(.+)"'), async (world, [who, file, to, from]) => {
  const user = await world.who(who);
  await world.call(user, 'GET', `/tables/${file}/xml`);
  const xml = world.answer.text;
  assert.ok(xml.includes(xmlText(from)), `${file} has no ${from}`);
  await world.call(user, 'POST', '/drafts',
    { file, note: 'as the story says', xml: xml.replace(xmlText(from), xmlText(to)) });
  good(world);
  keepDraft(world);
});
when(say('WHO puts "(.+)" in place of "(.+)" in its test cases'), async (world, [who, to, from]) => {
  const { draft } = world;
  assert.ok(draft.tests_csv.includes(from), `its test cases have no ${from}`);
  await world.call(await world.who(who), 'PUT', `/drafts/${draft.id}`, { xml: draft.xml,
    tests_csv: draft.tests_csv.replaceAll(from, to), note: draft.version.note,
    revision: draft.version.revision });
  good(world);
  keepDraft(world);
});
then(/^(\d+) of its test cases fail$/, (world, [count]) =>
  assert.equal(world.draft.tests.filter((test) => !test.passed).length, Number(count)));
when(say('WHO simulates it'), async (world, [who]) => {
  const user = await world.who(who);
  await world.call(user, 'POST', '/simulations', { version_ids: [world.draft.id], nights: 0, seed: 1 });
  const { simulation_id } = good(world);
  for (let i = 0; i < 200; i++) {
    await world.call(user, 'GET', `/simulations/${simulation_id}`);
    const { state } = good(world);
    if (state === 'done') return;
    assert.ok(['queued', 'running'].includes(state), world.answer.text.slice(0, 600));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the simulation does not end');
});
when(say('WHO sends it to review'), async (world, [who]) => {
  await world.call(await world.who(who), 'POST', `/drafts/${world.draft.id}/submit`, { note: '' });
});
when(say('WHO releases it from (\\S+)'), async (world, [who, effective_from]) => {
  await world.call(await world.who(who), 'POST', `/drafts/${world.draft.id}/review`,
    { verdict: 'release', note: 'seen', effective_from });
});
when(say('WHO withdraws it'), async (world, [who]) => {
  await world.call(await world.who(who), 'DELETE', `/drafts/${world.draft.id}`);
  good(world);
});
when(say('WHO asks for the drafts'), async (world, [who]) => {
  await world.call(await world.who(who), 'GET', '/drafts');
});
then(/^the night of (\S+) replays (\S+) as it was$/, async (world, [date, customer]) => {
  await world.call(await world.who('the analyst'), 'POST', '/replay', { date, case_id: customer });
  const replay = good(world);
  assert.equal(replay.agrees, true, world.answer.text.slice(0, 1500));
  const compared = replay.accounts.flatMap((a) => a.decisions).filter((d) => d.agrees === true);
  assert.ok(compared.length >= 5, `only ${compared.length} decisions could be compared`);
});

// ---- answers -------------------------------------------------------------------------------------
then(/^the answer is (\d{3})$/, (world, [status]) =>
  assert.equal(world.answer.status, Number(status), world.answer.text.slice(0, 400)));
then(/^(?:the answer|it) (shows|never shows) (.+)$/, (world, [how, text]) =>
  assert.equal(world.answer.text.includes(text), how === 'shows', `the answer is ${world.answer.text.slice(0, 1500)}`));
then(/^(\d+) lines? (?:is|are) (accepted|rejected|unchanged)$/, (world, [count, what]) =>
  assert.equal(world.report[what], Number(count)));
