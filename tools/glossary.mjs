// tools/glossary: writes the second half of docs/glossary.md from decisions/words.csv.
// tools/glossary --check: exit 1 when it is not what the words say, or a word stands for two things.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = `${root}/docs/glossary.md`;
const MARK = '<!-- from decisions/words.csv by tools/glossary; do not edit below -->';

function cells(line) {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, 4)
    .map((m) => m[1].replace(/^"|"$/g, '').replaceAll('""', '"'));
}
const words = readFileSync(`${root}/decisions/words.csv`, 'utf8').trim().split('\n').slice(1)
  .map(cells);

function table() {
  const variables = words.filter(([, code]) => code === '');
  const lines = ['', '## 变量 Variables', '', '| 中文 | code word | English |', '|---|---|---|'];
  for (const [name, , zh, en] of variables) lines.push(`| ${zh} | \`${name}\` | ${en} |`);
  lines.push('', '## 代码 Codes', '', '| of | 中文 | code word | English |', '|---|---|---|---|');
  for (const [name, code, zh, en] of words.filter(([, code]) => code !== '')) {
    if (name.endsWith('_before')) continue;
    lines.push(`| \`${name}\` | ${zh} | \`${code}\` | ${en} |`);
  }
  return lines.join('\n') + '\n';
}

const text = readFileSync(path, 'utf8');
const [own] = text.split(MARK);
const whole = `${own}${MARK}\n${table()}`;
if (process.argv[2] !== '--check') {
  writeFileSync(path, whole);
} else {
  const problems = whole === text ? [] : ['docs/glossary.md: run tools/glossary'];
  // One each: no two entries with one code word, none with one 中文.
  const [zh, code] = [new Map(), new Map()];
  const entries = [...own.matchAll(/^\| ([^|]+) \| `([^`|]+)` \|/gm)].map((m) => [m[1], m[2]])
    .concat(words.filter(([, c]) => c === '').map(([name, , z]) => [z, name]));
  for (const [z, c] of entries) {
    if (zh.has(z) && zh.get(z) !== c) problems.push(`${z} is both ${zh.get(z)} and ${c}`);
    if (code.has(c) && code.get(c) !== z) problems.push(`${c} is both ${code.get(c)} and ${z}`);
    zh.set(z, c);
    code.set(c, z);
  }
  for (const problem of problems) console.log(problem);
  process.exit(problems.length > 0 ? 1 : 0);
}
