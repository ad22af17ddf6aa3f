#!/usr/bin/env node
// tidy.mjs [ROOT]: reads the tree and says where it breaks the house's rules (docs/architecture.md),
// one `file:line: rule: what` a finding; exit 1 when there are any. Needs Node.js 18 and no package.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join, relative, basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const BASE = ['kernel', 'store', 'column', 'decision', 'tlog', 'http'];
const SKIPPED = new Set(['node_modules', 'dist', 'build', 'var', '.git', 'fixtures']);
const LINES_MAX = 500;
const COLUMNS_MAX = 100;
const FUNCTION_LINES_MAX = 75;
const README_LINES_MAX = 40;

function walk(folder, found = []) {
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path, found);
    else found.push(path);
  }
  return found.sort();
}

// Comments (and, when asked, string contents) blanked, so that lines keep their numbers.
export function strip(text, strings = false) {
  const pattern =
    /R"([A-Za-z_]*)\(([\s\S]*?)\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(pattern, (m) => {
    const comment = m.startsWith('//') || m.startsWith('/*');
    return comment || strings ? m.replace(/[^\n]/g, ' ') : m;
  });
}

function lineOf(text, index) {
  return text.slice(0, index).split('\n').length;
}

// Every source file once, with what the rules ask about it.
function load(root) {
  const files = ['src', 'web', 'tests', 'bench', 'tools', 'decisions', 'cmake', 'docs', 'examples']
    .flatMap((folder) => walk(join(root, folder)))
    .map((path) => ({ path: relative(root, path), ext: extname(path), name: basename(path) }))
    .filter((f) => ['.cpp', '.h', '.ts', '.vue', '.mjs', '.js', '.sql', '.md', '.cmake', '.dmn', '']
      .includes(f.ext));
  for (const f of files) {
    f.text = readFileSync(join(root, f.path), 'utf8');
    f.lines = f.text.split('\n');
    f.cpp = f.ext === '.cpp' || f.ext === '.h';
    f.room = f.path.startsWith('src/') ? f.path.split('/')[1] : null;
    f.test = /_(test|bench|fuzz)\.cpp$/.test(f.name) || !f.path.startsWith('src/');
    f.generated = /generated/i.test(f.lines.slice(0, 3).join(' '));
  }
  return files;
}

// Rooms in the order of src/rooms.cmake, which is the order things flow.
function roomsInOrder(root) {
  const text = readFileSync(join(root, 'src/rooms.cmake'), 'utf8');
  return [...text.matchAll(/^room_if_there\((\w+)/gm)].map((m) => m[1]);
}

function checkRooms(root, files, rooms, say) {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((e) => e.isDirectory()).map((e) => e.name);
  const architecture = files.find((f) => f.path === 'docs/architecture.md');
  for (const folder of folders) {
    if (folder !== 'app' && !rooms.includes(folder)) {
      say(`src/${folder}`, 1, 'room', 'is not in src/rooms.cmake');
    }
    const readme = files.find((f) => f.path === `src/${folder}/README.md`);
    if (!readme) say(`src/${folder}`, 1, 'readme', 'has no README.md');
    else if (readme.lines.length - 1 > README_LINES_MAX) {
      say(readme.path, README_LINES_MAX, 'readme', `has more than ${README_LINES_MAX} lines`);
    }
    if (architecture && !architecture.text.includes(`src/${folder}/`)) {
      say(architecture.path, 1, 'room', `does not name src/${folder}/`);
    }
  }
  for (const m of architecture?.text.matchAll(/^ *src\/(\w+)\//gm) ?? []) {
    if (!folders.includes(m[1])) {
      say(architecture.path, lineOf(architecture.text, m.index), 'room', `src/${m[1]}/ is not there`);
    }
  }
}

// What a file of `room` may include of another; null when it may, else why not.
function refusal(room, header, rooms) {
  const [other, file] = [header.split('/')[0], header.split('/').slice(1).join('/')];
  if (room === other || room === 'app') return null;
  if (other === 'app') return 'app is the last of all';
  const from = rooms.indexOf(room);
  const to = rooms.indexOf(other);
  if (BASE.includes(other)) {
    return BASE.includes(room) && to > from ? `${other} comes after ${room}` : null;
  }
  if (BASE.includes(room)) return `${room} knows no feature room`;
  if (room === 'server') return 'server sees routes, not rooms';
  if (to > from) return `${other} comes after ${room}`;
  return file === 'types.h' ? null : `only ${other}/types.h is for others`;
}

function checkIncludes(files, rooms, say) {
  const known = new Set([...rooms, 'app']);
  const onlyIn = [[/^<sqlite3\.h>/, 'store'], [/^<libpq-fe\.h>/, 'store'],
                  [/^<boost\/(beast|asio)/, 'server'], [/^<pugixml/, 'decision']];
  for (const f of files.filter((f) => f.cpp && f.room)) {
    f.lines.forEach((line, i) => {
      const m = /^\s*#\s*include\s+("([^"]+)"|<[^>]+>)/.exec(line);
      if (!m) return;
      for (const [pattern, room] of onlyIn) {
        if (pattern.test(m[1]) && f.room !== room && !f.test) {
          say(f.path, i + 1, 'include', `${m[1]} belongs to ${room} alone`);
        }
      }
      const header = m[2];
      if (header?.startsWith('tests/') && !f.test) {
        say(f.path, i + 1, 'include', `${header} is for tests`);
      }
      if (!header || !known.has(header.split('/')[0])) return;
      const why = refusal(f.room, header, rooms);
      if (why) say(f.path, i + 1, 'include', `${header}: ${why}`);
    });
  }
}

function checkTables(files, say) {
  const owner = new Map();
  for (const f of files.filter((f) => f.ext === '.sql' && f.room)) {
    for (const m of f.text.matchAll(/CREATE TABLE(?: IF NOT EXISTS)?\s+(\w+)/gi)) {
      if (owner.has(m[1]) && owner.get(m[1]) !== f.room) {
        say(f.path, lineOf(f.text, m.index), 'table', `${m[1]} is ${owner.get(m[1])}'s already`);
      }
      owner.set(m[1], f.room);
    }
    const sql = f.text.replace(/--[^\n]*/g, (m) => ' '.repeat(m.length));
    for (const m of sql.matchAll(/CREATE TABLE[^;]*;/gi)) {
      if (!/\{strict\}(, WITHOUT ROWID)?\s*;$/.test(m[0])) {
        say(f.path, lineOf(sql, m.index), 'sql', 'a table ends with {strict}');
      }
    }
    const bad = /\b(INTEGER|INT|REAL|NUMERIC|VARCHAR|BOOLEAN|TIMESTAMP|SERIAL|BYTEA|BLOB)\b|\bnow\(/g;
    for (const m of strip(sql).matchAll(bad)) {
      say(f.path, lineOf(sql, m.index), 'sql', `${m[0]}: types are BIGINT, TEXT and {blob}`);
    }
  }
  for (const f of files.filter((f) => f.cpp && f.room)) {
    const text = strip(f.text);
    const use = /\b(FROM|JOIN|INTO|UPDATE|TABLE)\s+(\w+)|\binsert_many\(\s*"(\w+)"/g;
    for (const m of text.matchAll(use)) {
      const table = m[2] ?? m[3];
      const room = owner.get(table);
      if (!room || room === f.room) continue;
      const reads = m[1] === 'FROM' || m[1] === 'JOIN';
      if (BASE.includes(room) && (reads || f.test)) continue;  // the fact log is everyone's to read
      say(f.path, lineOf(text, m.index), 'table', `${table} is ${room}'s`);
    }
  }
}

function checkShape(files, say) {
  for (const f of files) {
    const sized = f.cpp || ['.ts', '.vue', '.mjs', '.js'].includes(f.ext);
    if (sized && !f.generated && f.lines.length - 1 >= LINES_MAX) {
      say(f.path, LINES_MAX, 'size', `has ${f.lines.length - 1} lines; under ${LINES_MAX}`);
    }
    if (/(^|[_.-])(utils?|helpers?|managers?|common)([_.-]|$)/i.test(f.name)) {
      say(f.path, 1, 'name', 'say what it is about');
    }
    if (!f.cpp) continue;
    f.lines.forEach((line, i) => {
      if ([...line].length > COLUMNS_MAX) {
        say(f.path, i + 1, 'width', `${[...line].length} columns; at most ${COLUMNS_MAX}`);
      }
    });
    if (f.ext === '.h' && f.room) checkHeader(f, say);
    if (!f.test) checkFunctions(f, say);
  }
}

function checkHeader(f, say) {
  if (f.lines[0] !== '#pragma once') say(f.path, 1, 'header', 'begins with #pragma once');
  const comment = f.lines.slice(1).findIndex((line) => !line.startsWith('//'));
  if (comment < 1 || comment > 5) {
    say(f.path, 2, 'header', 'opens with a comment of one to five lines: what enters, what leaves');
  }
}

// In formatted code a function's last bracket stands below its first letter: at the edge of the file,
// or two columns in for a member of a class.
function checkFunctions(f, say) {
  let begin = -1;
  let end = null;
  strip(f.text, true).split('\n').forEach((line, i) => {
    if (begin < 0) {
      const m = /^( {0,2})([\w:~<\[].*)\{\s*$/.exec(line);
      if (!m || !m[2].includes('(')) return;
      if (/^(namespace|struct|class|enum|union|extern|if|for|while|switch)\b/.test(m[2])) return;
      [begin, end] = [i, `${m[1]}}`];
    } else if (line.startsWith(end)) {
      const table = f.lines.slice(begin, i).some((l) => l.includes('clang-format off'));
      if (i - begin + 1 > FUNCTION_LINES_MAX && !table) {
        say(f.path, begin + 1, 'function', `${i - begin + 1} lines; at most ${FUNCTION_LINES_MAX}`);
      }
      begin = -1;
    }
  });
}

// [rule, pattern, where it applies, what to do instead]
const inRooms = (f) => f.cpp && f.room !== null;
const notTest = (f) => inRooms(f) && !f.test;
const BANNED = [
  ['clock', /\bsystem_clock\b|\btime\((nullptr|NULL|0)\)|\bgettimeofday\b|CLOCK_REALTIME/,
    (f) => notTest(f) && f.room !== 'app', 'only app and tests own a clock; be handed `now`'],
  ['random', /\b(std::rand|srand|mt19937|random_device)\b/,
    (f) => notTest(f) && !['app', 'sample', 'store'].includes(f.room), 'be handed the seed, or libsodium'],
  ['money', /\b(double|float)\b/,
    (f) => notTest(f) && ['kernel', 'book', 'casework'].includes(f.room), 'money is whole fen'],
  ['money', /\b(double|float)\b.*(_fen\b|\bMoney\b)|(_fen\b|\bMoney\b).*\b(double|float)\b/,
    notTest, 'money is whole fen'],
  ['throw', /\bthrow\b(?!\s+store::Failure)/, (f) => notTest(f) && f.room !== 'store', 'return a Result'],
  ['assert', /\bassert\(/, inRooms, 'CHECK, which is on in release'],
  ['using', /^using namespace\b/, (f) => f.ext === '.h', 'not in a header'],
];

function checkBanned(files, say) {
  const unfinished = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK'].join('|')})\\b`);
  for (const f of files) {
    f.lines.forEach((line, i) => {
      if (unfinished.test(line)) say(f.path, i + 1, 'unfinished', 'finish it or leave it out');
      if (/(^|["'\s=(])\/work\//.test(line)) say(f.path, i + 1, 'path', 'a path of one machine');
    });
    if (!f.cpp) continue;
    const lines = strip(f.text, true).split('\n');
    for (const [rule, pattern, applies, instead] of BANNED) {
      if (!applies(f)) continue;
      lines.forEach((line, i) => pattern.test(line) && say(f.path, i + 1, rule, instead));
    }
  }
}

// An id stands once in an XML file: other tools drop the second of two.
function checkIds(files, say) {
  for (const f of files.filter((one) => one.ext === '.dmn')) {
    const seen = new Set();
    for (const at of f.text.matchAll(/ id="([^"]*)"/g)) {
      if (seen.has(at[1])) say(f.path, lineOf(f.text, at.index), 'id', `${at[1]} stands there twice`);
      seen.add(at[1]);
    }
  }
}

export function tidy(root) {
  const findings = [];
  const say = (path, line, rule, what) => findings.push({ path, line, rule, what });
  const files = load(root);
  const rooms = roomsInOrder(root);
  checkRooms(root, files, rooms, say);
  checkIncludes(files, rooms, say);
  checkTables(files, say);
  checkShape(files, say);
  checkBanned(files, say);
  checkIds(files, say);
  return findings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url));
  const findings = tidy(root);
  for (const f of findings) console.log(`${f.path}:${f.line}: ${f.rule}: ${f.what}`);
  process.exit(findings.length > 0 ? 1 : 0);
}
