// Evenhand itself: the first night and the delivery of the second are made once, then each round runs
// the second night on a copy of that folder.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { make_cases, make_delivery } from './delivery.mjs';
import { ACCOUNT_COLUMNS, names_of } from './tables.mjs';

export const AS_OF = '2026-11-19', FIRST = '2026-11-20', SECOND = '2026-11-21';

export class Evenhand {
  constructor({ root, program, folder, threads }) {
    Object.assign(this, { program, tools: join(root, 'build/release'), folder, threads });
    this.decisions = join(root, 'decisions');
    this.columns = names_of(ACCOUNT_COLUMNS);
  }

  run(...words) {
    return execFileSync(this.program, words, { encoding: 'utf8', maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'pipe'] });
  }
  place(name) {
    return ['--data', join(this.folder, name), '--decisions', this.decisions];
  }
  // Facts wait unsealed: no peer has a transparency log, and `seal` is another command.
  nightly(name, date) {
    const since = performance.now();
    this.run('nightly', ...this.place(name), '--date', date, '--threads', String(this.threads), '--no-seal');
    return performance.now() - since;
  }
  book(name, date) {
    const day = join(this.folder, name, 'book', date);
    const edition = readFileSync(join(day, 'current'), 'utf8').trim();
    return { edition, folder: join(day, edition) };
  }
  stages(name, date) {
    return Object.fromEntries(JSON.parse(readFileSync(join(this.book(name, date).folder, 'timings.json')))
      .stages.map((stage) => [stage.stage, stage.wall_ms]));
  }
  dump(name, date, to) {
    execFileSync(join(this.tools, 'night_dump'), [join(this.folder, name), date, to, this.columns.join(',')],
      { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  // Everything up to the second night, and that night once: its cut is what the peers are given, its
  // edition what their facts name, its answers what theirs must be.
  async prepare(accounts) {
    const done = join(this.folder, 'prepared.json');
    if (existsSync(done)) return JSON.parse(readFileSync(done));  // a folder kept; another program's book would differ
    const sample = join(this.folder, 'sample'), delivery = join(this.folder, 'delivery');
    this.run('sample', '--accounts', String(accounts), '--seed', '1', '--as-of', AS_OF, '--out', sample);
    this.run('user', 'demo', ...this.place('base'));
    this.run('import', ...this.place('base'), '--mapping', join(sample, 'mapping.toml'),
      ...readdirSync(sample).filter((name) => name.endsWith('.csv')).map((name) => join(sample, name)));
    await make_cases(sample, AS_OF, join(this.folder, 'cases.csv'));
    execFileSync(join(this.tools, 'night_cases'), [join(this.folder, 'base'), join(this.folder, 'cases.csv')],
      { stdio: ['ignore', 'ignore', 'inherit'] });
    rmSync(sample, { recursive: true });
    this.nightly('base', FIRST);
    this.dump('base', FIRST, join(this.folder, 'before'));
    mkdirSync(delivery);
    const files = await make_delivery(join(this.folder, 'before'), this.columns, SECOND, delivery);
    const said = JSON.parse(this.run('import', ...this.place('base'), '--mapping', join(delivery, 'mapping.toml'),
      '--json', ...files));
    this.copy('base', 'answers');
    this.nightly('answers', SECOND);
    this.dump('answers', SECOND, join(this.folder, 'ours'));
    this.report('answers', SECOND, join(this.folder, 'ours'));
    writeFileSync(done, JSON.stringify(said));
    return said;
  }
  // Roll rates and what entered and left, as sql.mjs exports them.
  report(name, date, to) {
    const said = JSON.parse(readFileSync(join(this.book(name, date).folder, 'report.json')));
    const order = (cell) => `${cell.from} ${cell.to}`;  // a space comes before every sign of a word
    const cells = said.roll_rates.cells.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    writeFileSync(join(to, 'roll.csv'), cells.map((cell) => [cell.from, cell.to, cell.accounts, cell.balance_fen,
      cell.rate_bps, cell.balance_rate_bps].join(',') + '\n').join(''));
    const { totals } = said;
    writeFileSync(join(to, 'totals.csv'), [totals.entered_accounts, totals.entered_fen, totals.cured_accounts,
      totals.recovered_fen].join(',') + '\n');
  }

  copy(from, to) {
    rmSync(join(this.folder, to), { recursive: true, force: true });
    cpSync(join(this.folder, from), join(this.folder, to), { recursive: true });
    for (const key of ['.key', '.log.key'])
      if (existsSync(join(this.folder, from + key))) cpSync(join(this.folder, from + key), join(this.folder, to + key));
  }

  // ---- what run sees of a round ---------------------------------------------------------------------
  name = 'Evenhand';
  ready() {
    this.copy('base', 'round');
  }
  chill() {}
  warm() {}
  // Stages as the peers have them; what none of them does stands apart.
  night() {
    const wall = this.nightly('round', SECOND), stages = this.stages('round', SECOND);
    const made = (folder) => JSON.parse(readFileSync(join(this.book(folder, SECOND).folder, 'book.json'))).hash;
    if (made('round') !== made('answers')) throw new Error('Evenhand: another book than the first time');
    const told = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
    return { merge: stages.merge + stages.cut, accrue: stages.accrue,
      decide: stages.age + stages.score + stages.treat, report: stages.report, publish: stages.publish,
      around: wall - told, apart: stages.allocate + stages.worklist, stages };
  }
}
