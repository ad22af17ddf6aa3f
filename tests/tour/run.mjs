// Plays the ```console blocks of docs/tour.md in a fresh folder and compares what they print. A line of
// `…` stands for any lines. With --update the page is rewritten with what was printed.
// EVENHAND: the program (build/release/evenhand).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = resolve(process.env.EVENHAND ?? join(root, 'build/release/evenhand'));
const page = join(root, 'docs/tour.md');
const update = process.argv.includes('--update');
const folder = mkdtempSync(join(tmpdir(), 'evenhand-tour-'));
for (const name of ['decisions', 'examples', 'docs']) symlinkSync(join(root, name), join(folder, name));

function run(command) {
  const env = { ...process.env, PATH: `${dirname(program)}:${process.env.PATH}`, LC_ALL: 'C.UTF-8' };
  const done = spawnSync('bash', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
  return (done.stdout + done.stderr).replaceAll(folder, '.').trimEnd();
}

// A pattern with lines of `…` against what was printed.
function fits(wanted, got) {
  const parts = wanted.split('\n').map((line) => (line.trim() === '…' ? null
    : line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')));
  const pattern = parts.map((line) => (line === null ? '(?:.*\\n)*?' : `${line}\\n`)).join('');
  return new RegExp(`^${pattern}$`).test(got === '' ? '' : `${got}\n`);
}

let [passed, failed] = [0, 0];
function play(block) {
  const out = [];
  const turns = block.split(/^(?=\$ )/m).filter((turn) => turn.startsWith('$ '));
  for (const turn of turns) {
    const lines = turn.trimEnd().split('\n');
    const command = [lines.shift().slice(2)];
    while (command.at(-1).endsWith('\\')) command.push(lines.shift().replace(/^> /, ''));
    const wanted = lines.join('\n');
    const got = run(command.join('\n'));
    if (wanted === '' ? got === '' : fits(wanted, got)) {
      passed++;
      out.push(turn.trimEnd());
      continue;
    }
    out.push([`$ ${command[0]}`, ...command.slice(1).map((l) => `> ${l}`), got]
      .filter((l) => l !== '').join('\n'));
    if (update) continue;
    failed++;
    console.log(`FAILED  ${command.join(' ')}\n--- the page says\n${wanted}\n--- it prints\n${got}`);
  }
  return out.join('\n') + '\n';
}

const text = readFileSync(page, 'utf8');
const played = text.replace(/(```console\n)([\s\S]*?)(```)/g, (_, open, block, close) =>
  open + play(block) + close);
if (update) writeFileSync(page, played);
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
