// Nights of a portfolio that is much larger than the memory they are given: fifty million accounts under
// 2 GiB. To fit a small disk it is lean: the sample's accounts, balances and instalments, every five of its
// customers as one, with number and region alone, no contacts and payments. Each night runs in a control
// group of its own (cgroup v1 or v2, root), so that the pages of files it reads count as well; where none
// can be made it stops. Needs some 900 bytes an account on disk.
//   bench/night/run --large [--accounts N] [--limit-mib N] [--nights N] [--threads N] [--in DIR]
// EVENHAND: the program (build/release/evenhand). Figures go to standard output as Markdown.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const evenhand = process.env.EVENHAND ?? join(root, 'build/release/evenhand');
const AS_OF = '2026-11-19', DAY_MS = 86_400_000;

const asked = { accounts: 50_000_000, 'limit-mib': 2048, nights: 3, threads: 2, in: tmpdir() };
for (let words = process.argv.slice(2); words.length > 0;) {
  const word = words.shift().slice(2);
  if (!(word in asked)) {
    console.error('bench/night/run --large [--accounts N] [--limit-mib N] [--nights N] [--threads N] [--in DIR]');
    process.exit(64);
  }
  asked[word] = typeof asked[word] === 'number' ? Number(words.shift()) : words.shift();
}

// A control group with that much memory, and what the kernel says of it.
function limited(bytes) {
  const [parent, names] = existsSync('/sys/fs/cgroup/cgroup.controllers')
    ? ['/sys/fs/cgroup', { limit: 'memory.max', most: 'memory.peak' }]
    : ['/sys/fs/cgroup/memory', { limit: 'memory.limit_in_bytes', most: 'memory.max_usage_in_bytes' }];
  const group = join(parent, `evenhand-bench-${process.pid}`);
  try {
    mkdirSync(group);
    writeFileSync(join(group, names.limit), String(bytes));
  } catch (error) {
    console.error(`bench/night: no control group with a memory limit can be made here: ${error.message}`);
    process.exit(3);
  }
  return { group, most: () => Number(readFileSync(join(group, names.most), 'utf8')), end: () => rmdirSync(group) };
}

// Runs the program, in the group if there is one, and looks at its own memory every 5 ms.
async function watched(words, group) {
  const command = group ? ['sh', ['-c', `echo $$ > ${group}/cgroup.procs && exec "$0" "$@"`, evenhand, ...words]]
    : [evenhand, words];
  const since = performance.now();
  const child = spawn(...command, { stdio: ['ignore', 'ignore', 'pipe'] });
  let kib = 0, said = '';
  child.stderr.on('data', (text) => { said = (said + text).slice(-2000); });
  const look = setInterval(() => {
    try {
      kib = Math.max(kib, Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/RssAnon:\s+(\d+)/)?.[1] ?? 0));
    } catch { /* it has just ended */ }
  }, 5);
  const code = await new Promise((done) => child.on('close', (status, signal) => done(signal ?? status)));
  clearInterval(look);
  if (code !== 0) throw new Error(`evenhand ${words[0]} ended with ${code}: ${said}`);
  return { s: (performance.now() - since) / 1000, mb: Math.round(kib / 1024) };
}

// The files of the sample that are wanted, made smaller as they come: no other byte is ever on disk.
function make_portfolio(folder) {
  for (const name of ['contacts', 'guarantors', 'past_contacts', 'payments'])
    symlinkSync('/dev/null', join(folder, 'sample', `${name}.csv`));
  execFileSync('mkfifo', ['customers', 'accounts'].map((name) => join(folder, 'sample', `${name}.csv`)));
  const fewer = `
    awk -F, 'NR == 1 || (substr($1, 2) + 0) % 5 == 1 { print $1 "," $4 }' < sample/customers.csv > customers.csv &
    awk -F, 'BEGIN { OFS = "," } NR > 1 { n = substr($2, 2) + 0; $2 = sprintf("C%08d", n - (n - 1) % 5) } { print }' \\
      < sample/accounts.csv > accounts.csv &
    "$0" "$@" && wait`;
  execFileSync('sh', ['-c', fewer, evenhand, 'sample', '--accounts', String(asked.accounts), '--seed', '1',
    '--as-of', AS_OF, '--out', 'sample'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const mapping = readFileSync(join(folder, 'sample', 'mapping.toml'), 'utf8').replace('kind = "customers"\n',
    '$&fields = { customer_no = "customer_no", region_code = "region_code" }\n');
  writeFileSync(join(folder, 'mapping.toml'), mapping);
}

const count = (n) => Math.round(n).toLocaleString('en-US');

async function measure(folder) {
  const memory = limited(asked['limit-mib'] * 1024 * 1024);
  try {
    mkdirSync(join(folder, 'sample'));
    make_portfolio(folder);
    const place = ['--data', join(folder, 'data'), '--decisions', join(root, 'decisions')];
    execFileSync(evenhand, ['user', 'demo', ...place], { stdio: 'ignore' });
    for (const file of ['customers.csv', 'accounts.csv', 'sample/balances.csv', 'sample/instalments.csv']) {
      const { s, mb } = await watched(['import', ...place, '--mapping', join(folder, 'mapping.toml'), join(folder, file)]);
      console.log(`import ${file}: ${s.toFixed(1)} s, ${count(mb)} MB`);
      rmSync(join(folder, file));
    }
    console.log('');
    for (let night = 1; night <= asked.nights; ++night) {
      const date = new Date(Date.parse(AS_OF) + night * DAY_MS).toISOString().slice(0, 10), load = loadavg()[0];
      const { s, mb } = await watched(['nightly', ...place, '--date', date, '--threads', String(asked.threads),
        '--no-seal'], memory.group);
      const day = join(folder, 'data', 'book', date), edition = readFileSync(join(day, 'current'), 'utf8').trim();
      const { stages } = JSON.parse(readFileSync(join(day, edition, 'timings.json')));
      console.log(`night of ${date}, load ${load.toFixed(1)} before: **${s.toFixed(1)} s, ` +
        `${(s * 1e6 / asked.accounts).toFixed(2)} µs an account, ${count(mb)} MB of its own at most**; ` +
        `with pages of files ${count(memory.most() / 1024 / 1024)} MiB of ${count(asked['limit-mib'])}\n` +
        stages.map(({ stage, wall_ms }) => `  ${stage} ${count(wall_ms)} ms`).join(',') + '\n');
    }
  } finally {
    memory.end();
  }
}

if (!existsSync(evenhand)) {
  console.error(`bench/night: no program at ${evenhand}; build the release preset first`);
  process.exit(3);
}
console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model}; ` +
  `${count(asked.accounts)} accounts, ${asked.threads} threads\n`);
const folder = mkdtempSync(join(asked.in, 'evenhand-large-'));
try {
  await measure(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
