// What a night costs, stage by stage: makes a portfolio, imports it, runs two nights (the first makes
// everything new; the second is a day like any other) and reads their timings.json. Bytes are those
// of the files on disk.
//   bench/night/run --alone --accounts 20000,1000000 [--threads N] [--json] [--keep DIR]
// EVENHAND: the program (build/release/evenhand). Figures go to standard output as Markdown.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, existsSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const evenhand = process.env.EVENHAND ?? join(root, 'build/release/evenhand');
const AS_OF = '2026-11-19', NIGHTS = ['2026-11-20', '2026-11-21'];

function options() {
  const found = { accounts: [20_000, 1_000_000], threads: 0, json: false, keep: null };
  const words = process.argv.slice(2);
  while (words.length > 0) {
    const word = words.shift();
    if (word === '--accounts') found.accounts = words.shift().split(',').map(Number);
    else if (word === '--threads') found.threads = Number(words.shift());
    else if (word === '--json') found.json = true;
    else if (word === '--keep') found.keep = words.shift();
    else {
      console.error('bench/night/run --alone --accounts 20000,1000000 [--threads N] [--json] [--keep DIR]');
      process.exit(64);
    }
  }
  return found;
}

function run(...words) {
  return execFileSync(evenhand, words, { encoding: 'utf8', maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'] });
}

function bytesOf(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

function measure(accounts, threads, folder) {
  const sample = join(folder, 'sample'), data = join(folder, 'data');
  const place = ['--data', data, '--decisions', join(root, 'decisions')];
  run('sample', '--accounts', String(accounts), '--seed', '1', '--as-of', AS_OF, '--out', sample);
  run('user', 'demo', ...place);
  const files = readdirSync(sample).filter((name) => name.endsWith('.csv'));
  const started = process.hrtime.bigint();
  run('import', ...place, '--mapping', join(sample, 'mapping.toml'),
    ...files.map((name) => join(sample, name)));
  const import_ms = Number((process.hrtime.bigint() - started) / 1_000_000n);
  const nights = NIGHTS.map((date) => {
    const begun = process.hrtime.bigint();
    run('nightly', ...place, '--date', date, ...(threads ? ['--threads', String(threads)] : []));
    const wall_ms = Number((process.hrtime.bigint() - begun) / 1_000_000n);
    const day = join(data, 'book', date);
    const edition = readFileSync(join(day, 'current'), 'utf8').trim();
    const book = join(day, edition);
    const timings = JSON.parse(readFileSync(join(book, 'timings.json'), 'utf8'));
    const folders = readdirSync(book).filter((name) => /^\d\d-/.test(name));
    const stages = timings.stages.map((stage) => {
      const own = folders.find((name) => name.slice(3) === stage.stage);
      const bytes = own ? bytesOf(join(book, own)) : 0;
      return { stage: stage.stage, wall_ms: stage.wall_ms, rows_per_s: stage.rows_per_s,
        bytes_per_account: Math.round(bytes / accounts * 10) / 10 };
    });
    return { date, threads: timings.threads, wall_ms, stages,
      rows_per_s: Math.round(accounts * 1000 / wall_ms),
      bytes_per_account: Math.round(bytesOf(book) / accounts * 10) / 10 };
  });
  return { accounts, import_ms, nights };
}

function table(result) {
  const count = (n) => n.toLocaleString('en-US');
  const [first, second] = result.nights;
  const lines = [`### ${count(result.accounts)} accounts, ${first.threads} threads`, '',
    '| stage | first night ms | rows/s | next night ms | rows/s | bytes/account |',
    '|---|---:|---:|---:|---:|---:|'];
  second.stages.forEach((stage, i) => {
    const before = first.stages[i];
    lines.push(`| ${stage.stage} | ${count(before.wall_ms)} | ${count(before.rows_per_s)} | ` +
      `${count(stage.wall_ms)} | ${count(stage.rows_per_s)} | ${stage.bytes_per_account} |`);
  });
  lines.push(`| **whole night** | **${count(first.wall_ms)}** | **${count(first.rows_per_s)}** | ` +
    `**${count(second.wall_ms)}** | **${count(second.rows_per_s)}** | ` +
    `**${second.bytes_per_account}** |`, '');
  return lines.join('\n');
}

const asked = options();
if (!existsSync(evenhand)) {
  console.error(`bench/night: no program at ${evenhand}; build the release preset first`);
  process.exit(3);
}
const load_before = loadavg()[0];
const results = asked.accounts.map((accounts) => {
  const folder = asked.keep ? join(asked.keep, String(accounts))
    : mkdtempSync(join(tmpdir(), 'evenhand-night-'));
  try {
    return measure(accounts, asked.threads, folder);
  } finally {
    if (!asked.keep) rmSync(folder, { recursive: true, force: true });
  }
});
const machine = { cpu: cpus()[0].model, cpus: cpus().length,
  load_before: Math.round(load_before * 10) / 10, load_after: Math.round(loadavg()[0] * 10) / 10 };
if (asked.json) {
  console.log(JSON.stringify({ machine, results }, null, 1));
} else {
  console.log(`${machine.cpus} × ${machine.cpu}; load ${machine.load_before} before, ` +
    `${machine.load_after} after\n`);
  console.log(results.map(table).join('\n'));
}
