// The rules find what they are for: a small tree with one planted fault a line, and one without any.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import assert from 'node:assert/strict';
import { strip, tidy } from './tidy.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROOMS = ['kernel', 'store', 'column', 'decision', 'http', 'book', 'gate', 'server'];

function tree(files) {
  const root = mkdtempSync(join(tmpdir(), 'evenhand-tidy-'));
  const put = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('src/rooms.cmake', ROOMS.map((room) => `room_if_there(${room})\n`).join(''));
  for (const room of ROOMS) put(`src/${room}/README.md`, `# ${room}\n`);
  put('src/book/schema/001_book.sql', 'CREATE TABLE bucket_change (a BIGINT) {strict};\n');
  put('src/store/schema/001_fact.sql', 'CREATE TABLE fact (a BIGINT) {strict};\n');
  for (const [path, text] of Object.entries(files)) put(path, text);
  return root;
}

function found(files) {
  const root = tree(files);
  try {
    return tidy(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const HEADER = '#pragma once\n// What it is.\n\n';
const UNFINISHED = 'TO' + 'DO';
// [what, path, text, the rule that must fire (null: none)]
const CASES = [
  ['an earlier room\'s types', 'src/gate/gate.cpp', '#include "book/types.h"\n', null],
  ['an earlier room\'s inside', 'src/gate/gate.cpp', '#include "book/ledger.h"\n', 'include'],
  ['a later room', 'src/book/book.cpp', '#include "gate/types.h"\n', 'include'],
  ['a base room', 'src/book/book.cpp', '#include "store/vault.h"\n', null],
  ['a feature room from below', 'src/store/store.cpp', '#include "book/types.h"\n', 'include'],
  ['a base room further on', 'src/kernel/money.cpp', '#include "store/store.h"\n', 'include'],
  ['a room from the server', 'src/server/server.cpp', '#include "book/types.h"\n', 'include'],
  ['app from a room', 'src/gate/gate.cpp', '#include "app/clock.h"\n', 'include'],
  ['every room from app', 'src/app/main.cpp', '#include "book/ledger.h"\n', 'readme'],
  ['SQLite outside the store', 'src/book/book.cpp', '#include <sqlite3.h>\n', 'include'],
  ['another room\'s table', 'src/gate/rows.cpp', 'auto q = "SELECT a FROM bucket_change";\n', 'table'],
  ['its rows in bulk', 'src/gate/rows.cpp', 'tx.insert_many("bucket_change", {});\n', 'table'],
  ['its rows in raw text', 'src/gate/rows.cpp', 'auto q = R"(\nUPDATE bucket_change)";\n', 'table'],
  ['a table only talked of', 'src/gate/rows.cpp', '// reads FROM bucket_change? never\n', null],
  ['its own table', 'src/book/rows.cpp', 'auto q = "SELECT a FROM bucket_change";\n', null],
  ['reading the fact log', 'src/gate/rows.cpp', 'auto q = "SELECT a FROM fact";\n', null],
  ['writing the fact log', 'src/gate/rows.cpp', 'auto q = "INSERT INTO fact";\n', 'table'],
  ['a table not strict', 'src/gate/schema/001_x.sql', 'CREATE TABLE x (a BIGINT);\n', 'sql'],
  ['a type of one dialect', 'src/gate/schema/001_x.sql', 'CREATE TABLE x (a REAL) {strict};\n', 'sql'],
  ['an id twice in a table', 'decisions/x.dmn', '<a id="r"/><b id="r"/>\n', 'id'],
  ['ids that differ', 'decisions/x.dmn', '<a id="r"/><b id="r_1"/>\n', null],
  ['a file too long', 'src/gate/gate.cpp', 'int a;\n'.repeat(500), 'size'],
  ['a page too long', 'web/src/rooms/gate/Gate.vue', '\n'.repeat(500), 'size'],
  ['a line too wide', 'src/gate/gate.cpp', `int ${'a'.repeat(100)};\n`, 'width'],
  ['a function too long', 'src/gate/gate.cpp', `void f() {\n${'  g();\n'.repeat(80)}}\n`, 'function'],
  ['a member too long', 'src/gate/gate.cpp',
    `class A {\n  void f() {\n${'    g();\n'.repeat(80)}  }\n};\n`, 'function'],
  ['a long class of short members', 'src/gate/gate.cpp',
    `class A {\n${'  void f() {\n    g();\n  }\n'.repeat(40)}};\n`, null],
  ['a file called for nothing', 'src/gate/gate_utils.cpp', 'int a;\n', 'name'],
  ['a header without its guard', 'src/gate/gate.h', '// What it is.\nint a;\n', 'header'],
  ['a header that says nothing', 'src/gate/gate.h', '#pragma once\nint a;\n', 'header'],
  ['a good header', 'src/gate/gate.h', `${HEADER}int f();\n`, null],
  ['using namespace in a header', 'src/gate/gate.h', `${HEADER}using namespace std;\n`, 'using'],
  ['the clock in a room', 'src/gate/gate.cpp', 'auto t = std::chrono::system_clock::now();\n', 'clock'],
  ['measuring how long', 'src/gate/gate.cpp', 'auto t = std::chrono::steady_clock::now();\n', null],
  ['the clock in a test', 'src/gate/gate_test.cpp', 'auto t = system_clock::now();\n', null],
  ['chance', 'src/gate/gate.cpp', 'int a = std::rand();\n', 'random'],
  ['money as double', 'src/book/book.cpp', 'double a = 1;\n', 'money'],
  ['fen as double', 'src/gate/gate.cpp', 'double amount_fen = 1;\n', 'money'],
  ['a word in a comment', 'src/book/book.cpp', '// never a double\n', null],
  ['a word in a string', 'src/book/book.cpp', 'auto a = "double";\n', null],
  ['an exception', 'src/gate/gate.cpp', 'throw 1;\n', 'throw'],
  ['a failing store, from inside a transaction', 'src/gate/rows.cpp',
    'throw store::Failure(e, false, false);\n', null],
  ['a bracket in a comment of SQL', 'src/gate/schema/001_x.sql',
    'CREATE TABLE x (\n  a BIGINT -- one; two\n) {strict};\n', null],
  ['the store\'s own exception', 'src/store/store.cpp', 'throw Failure();\n', null],
  ['a check that release drops', 'src/gate/gate.cpp', 'assert(a);\n', 'assert'],
  ['work left over', 'src/gate/gate.cpp', `// ${UNFINISHED}: later\n`, 'unfinished'],
  ['a path of one machine', 'tests/golden/run', 'cd /wo' + 'rk/main\n', 'path'],
  ['a room without its line', 'src/lost/README.md', '# lost\n', 'room'],
  ['a README too long', 'src/gate/README.md', 'a\n'.repeat(41), 'readme'],
  ['a room the docs invent', 'docs/architecture.md',
    `${ROOMS.map((r) => `    src/${r}/\n`).join('')}    src/lost/\n`, 'room'],
  ['a room the docs forget', 'docs/architecture.md', 'src/kernel/\n', 'room'],
];

for (const [what, path, text, rule] of CASES) {
  test(`${what}: ${rule ?? 'nothing to say'}`, () => {
    const rules = found({ [path]: text }).map((f) => f.rule);
    if (rule === null) assert.deepEqual(rules, []);
    else assert.ok(rules.includes(rule), `found ${rules.join(', ') || 'nothing'}`);
  });
}

test('a clean tree has nothing to say', () => assert.deepEqual(found({}), []));

test('strip keeps the lines', () => {
  const text = 'a /* b\nc */ "d // e" // f\nR"(g\nh)" i';
  assert.equal(strip(text).split('\n').length, text.split('\n').length);
  assert.match(strip(text), /"d \/\/ e"/);
  assert.doesNotMatch(strip(text, true), /[bcdefgh]/);
});

test('this tree', () => {
  assert.deepEqual(tidy(ROOT).map((f) => `${f.path}:${f.line}: ${f.rule}: ${f.what}`), []);
});

test('the glossary says what decisions/words.csv says, one word each way', () => {
  const done = spawnSync('tools/glossary', ['--check'], { cwd: ROOT, encoding: 'utf8' });
  assert.equal(done.stdout, '');
  assert.equal(done.status, 0);
});

test('links between documents lead somewhere', () => {
  const pages = spawnSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).stdout
    .split('\n').filter(Boolean);
  const broken = [];
  for (const page of pages) {
    for (const [, target] of readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      if (!existsSync(join(ROOT, dirname(page), target))) broken.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

// systemd's own measure, 0 (tight) to 10; what is left is the network and the sockets they serve on.
const analysed = spawnSync('systemd-analyze', ['--version']).status === 0;
for (const unit of ['evenhand.service', 'evenhand-nightly.service', 'evenhand-worker.service'])
  test(`${unit} may do no more than it must`, { skip: analysed ? false : 'no systemd-analyze' }, () => {
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', join(ROOT, 'deploy', unit)], { encoding: 'utf8' });
    const exposure = Number(/Overall exposure level .*: ([\d.]+)/.exec(stdout)?.[1]);
    assert.ok(exposure <= 1.5, `exposure ${exposure}\n${stdout}`);
  });
