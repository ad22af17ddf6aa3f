// What a simulation costs beside real nights: makes a portfolio, imports it, runs two real nights,
// then simulates tonight and 30 nights of a draft in which one row of the strategy is another, both
// sides. Medians of the runs; the bytes of all runs are compared.
//   bench/simulation/run [--accounts N] [--nights N] [--runs N] [--threads N] [--keep DIR] [--json]
// EVENHAND: the program (build/release/evenhand). Figures go to standard output as Markdown.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync }
  from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const evenhand = process.env.EVENHAND ?? join(root, 'build/release/evenhand');
const AS_OF = '2026-11-19', NIGHTS = ['2026-11-20', '2026-11-21'];

function options() {
  const found = { accounts: 1_000_000, nights: 30, runs: 3, threads: 0, keep: null, json: false };
  const words = process.argv.slice(2);
  while (words.length > 0) {
    const word = words.shift();
    if (word === '--json') found.json = true;
    else if (word === '--keep') found.keep = words.shift();
    else if (['--accounts', '--nights', '--runs', '--threads'].includes(word))
      found[word.slice(2)] = Number(words.shift());
    else {
      console.error('bench/simulation/run [--accounts N] [--nights N] [--runs N] [--threads N] ' +
        '[--keep DIR] [--json]');
      process.exit(64);
    }
  }
  return found;
}

function run(...words) {
  return execFileSync(evenhand, words, { encoding: 'utf8', maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'] });
}

// Milliseconds, what it said, and the most memory it held (GNU time, where there is one).
function timed(words) {
  const begun = process.hrtime.bigint();
  const done = spawnSync('/usr/bin/time', ['-f', '%M', evenhand, ...words],
    { encoding: 'utf8', maxBuffer: 1 << 30 });
  const ms = Number((process.hrtime.bigint() - begun) / 1_000_000n);
  if (done.status !== 0) throw new Error(done.stderr);
  return { ms, said: done.stdout, kib: Number(done.stderr.trim().split('\n').pop()) };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// A draft: the first text message of M1 becomes a robot's call.
function make_draft(folder) {
  cpSync(join(root, 'decisions'), folder, { recursive: true });
  const file = join(folder, 'treatment.dmn');
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf('<rule id="m1_first_sms">'), end = text.indexOf('</rule>', begin);
  const row = text.slice(begin, end);
  const other = row.replace('"m1_sms"', '"voice_reminder"').replace('"sms"', '"robot_call"')
    .replace('"first_overdue"', '"m1_reminder"');
  if (row === other || begin < 0) throw new Error('treatment.dmn has no row m1_first_sms');
  writeFileSync(file, text.slice(0, begin) + other + text.slice(end));
}

function measure(asked, folder) {
  const sample = join(folder, 'sample'), data = join(folder, 'data'), draft = join(folder, 'draft');
  const place = ['--data', data, '--decisions', join(root, 'decisions')];
  const threads = asked.threads ? ['--threads', String(asked.threads)] : [];
  if (!existsSync(data)) {
    run('sample', '--accounts', String(asked.accounts), '--seed', '1', '--as-of', AS_OF, '--out',
      sample);
    run('user', 'demo', ...place);
    const files = readdirSync(sample).filter((name) => name.endsWith('.csv'));
    run('import', ...place, '--mapping', join(sample, 'mapping.toml'),
      ...files.map((name) => join(sample, name)));
  }
  rmSync(join(data, 'book'), { recursive: true, force: true });
  const real = NIGHTS.map((date) => timed(['nightly', ...place, '--date', date, ...threads]).ms);
  rmSync(draft, { recursive: true, force: true });
  make_draft(draft);
  const simulate = (nights) => {
    const runs = [];
    for (let i = 0; i < asked.runs; ++i)
      runs.push(timed(['simulate', ...place, '--draft', join(draft, 'treatment.dmn'), '--nights',
        String(nights), '--seed', '7', '--json', ...threads]));
    const hashes = new Set(runs.map((one) =>
      createHash('sha256').update(one.said).digest('hex').slice(0, 12)));
    if (hashes.size !== 1) throw new Error('the same seed gave other bytes');
    return { ms: median(runs.map((one) => one.ms)), kib: Math.max(...runs.map((one) => one.kib)),
      bytes: [...hashes][0], report: JSON.parse(runs[0].said) };
  };
  return { real, tonight: simulate(1), many: simulate(asked.nights) };
}

const asked = options();
if (!existsSync(evenhand)) {
  console.error(`bench/simulation: no program at ${evenhand}; build the release preset first`);
  process.exit(3);
}
const load_before = loadavg()[0];
const folder = asked.keep ?? mkdtempSync(join(tmpdir(), 'evenhand-simulation-'));
let found;
try {
  found = measure(asked, folder);
} finally {
  if (!asked.keep) rmSync(folder, { recursive: true, force: true });
}
const count = (n) => n.toLocaleString('en-US');
const real_ms = median(found.real), one = (found.many.ms - found.tonight.ms) / (asked.nights - 1);
const figures = {
  accounts: asked.accounts, nights: asked.nights, runs: asked.runs, real_ms: found.real,
  tonight_ms: found.tonight.ms, many_ms: found.many.ms, per_night_ms: Math.round(one),
  ratio_to_real_nights: Math.round(asked.nights * real_ms / found.many.ms * 10) / 10,
  bytes_per_account: Math.round(found.many.kib * 1024 / asked.accounts),
  same_bytes: found.many.bytes, differing: found.many.report.differing,
  machine: { cpu: cpus()[0].model, cpus: cpus().length, load_before, load_after: loadavg()[0] } };
if (asked.json) {
  console.log(JSON.stringify(figures, null, 1));
} else {
  console.log(`${cpus().length} × ${cpus()[0].model}; load ${load_before.toFixed(1)} before, ` +
    `${loadavg()[0].toFixed(1)} after\n\n### ${count(asked.accounts)} accounts, both sides, ` +
    `median of ${asked.runs}\n\n| | |\n|---|---:|\n` +
    `| a real night | ${found.real.map(count).join(' ms, ')} ms |\n` +
    `| simulation of tonight | ${count(found.tonight.ms)} ms |\n` +
    `| simulation of ${asked.nights} nights | ${count(found.many.ms)} ms |\n` +
    `| a simulated night more | ${count(figures.per_night_ms)} ms |\n` +
    `| ${asked.nights} real nights ÷ ${asked.nights} simulated | ${figures.ratio_to_real_nights} × |\n` +
    `| most memory | ${count(figures.bytes_per_account)} bytes/account |\n` +
    `| accounts that differ | ${count(figures.differing.accounts)} |\n` +
    `| bytes of every run | ${figures.same_bytes} |`);
}
