// The running demo under public web scanners: wapiti over pages and API, sqlmap at every value that
// a request can carry, as an administrator and as an agency, on both stores. Any finding is a
// failure, and so is an answer of 5xx, a store or log that no longer verifies, and a scanner that
// does not find the holes of a page made full of them.
//   tests/scan/run [--quick] [--only TEXT]     --quick: SQLite, each module's first level
// EVENHAND, EVENHAND_WEB, EVENHAND_TEST_POSTGRES as for the stories. Report: build/scan/report.md
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM, World } from '../stories/world.mjs';
import { requests } from './requests.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // the certificate is made below
process.removeAllListeners('warning');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = join(ROOT, 'build/scan');
const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

let [passed, failed] = [0, 0];
const report = [`# Scan of ${new Date().toISOString().slice(0, 10)}`, ''];
function result(name, findings) {
  if (findings.length) failed++; else passed++;
  const line = `${findings.length ? 'FAILED ' : 'ok     '} ${name}`;
  console.log([line, ...findings.map((one) => `        ${one}`)].join('\n'));
  report.push(line.replace(/^(\S+)\s+/, '- $1: '), ...findings.map((one) => `  - ${one}`));
}

function version(program, option) {
  const done = spawnSync(program, [option], { encoding: 'utf8' });
  if (done.error) throw new Error(`${program} is not installed: tools/setup --scan`);
  return /\d+\.\d+[\w.#-]*/.exec(done.stdout + done.stderr)?.[0] ?? '?';
}

function finish(program, args, limit = 3_600_000) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: OUT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const clock = setTimeout(() => child.kill('SIGKILL'), limit);
    child.stdout.on('data', (text) => { said += text; });
    child.stderr.on('data', (text) => { said += text; });
    child.on('error', reject);
    child.on('exit', (status) => { clearTimeout(clock); resolve({ status, said }); });
  });
}

// ---- the scanners --------------------------------------------------------------------------------

// Findings that are none, and why.
const ACCEPTED = [
  [/X-XSS-Protection is not set/, 'a header that browsers have dropped; where it works it opens holes (OWASP: do not set)'],
];

// What wapiti calls additional (which software is seen) is information; all else is a finding.
async function wapiti(name, base, headers, starts) {
  const file = join(OUT, `wapiti-${name}.json`);
  const modules = 'backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,'
    + 'permanentxss,redirect,shellshock,sql,ssrf,xss,xxe';
  const args = ['-u', `${base}/`, '--scope', 'domain', '-m', modules, '-f', 'json', '-o', file, '-v', '0',
    '-l', quick ? '1' : '2', '-d', '3', '--flush-session', '--no-bugreport', '--store-session', join(OUT, 'sessions'),
    '--max-attack-time', quick ? '60' : '240'];
  for (const [key, value] of Object.entries(headers)) args.push('-H', `${key}: ${value}`);
  for (const start of starts) args.push('-s', base + start);
  const { said } = await finish('wapiti', args);
  writeFileSync(join(OUT, `wapiti-${name}.log`), said);
  if (!existsSync(file)) return { findings: [`wapiti wrote no report: ${said.slice(-400)}`], pages: 0 };
  const told = JSON.parse(readFileSync(file, 'utf8'));
  const findings = [];
  for (const group of ['vulnerabilities', 'anomalies'])
    for (const [kind, list] of Object.entries(told[group] ?? {}))
      for (const one of list) {
        const text = `${kind}: ${one.method} ${one.path} ${one.parameter ?? ''} ${one.info}`;
        const accepted = name !== 'canary' && ACCEPTED.find(([what]) => what.test(text));
        if (accepted) report.push(`- accepted: ${text}: ${accepted[1]}`);
        else findings.push(text);
      }
  return { findings, pages: told.infos?.crawled_pages ?? starts.length };
}

// Each `*` in path, query and body is tried.
async function sqlmap(name, base, headers, { method, path, body }) {
  const folder = join(OUT, 'sqlmap', name);
  mkdirSync(folder, { recursive: true });
  const args = ['-u', base + path, '--method', method, '--batch', '--flush-session', '--disable-coloring',
    '--output-dir', folder, '--level', '2', '--risk', '2', '--threads', '2', '--timeout', '20', '--retries', '1',
    '--ignore-code', '401,403,404,409', '--fresh-queries', '--technique', quick ? 'BEU' : 'BEUST', '--time-sec', '3'];
  for (const [key, value] of Object.entries(headers)) args.push('-H', `${key}: ${value}`);
  if (body !== undefined) args.push('-H', 'content-type: application/json', '--data', JSON.stringify(body));
  const { said } = await finish('sqlmap', args);
  appendFileSync(join(OUT, 'sqlmap.log'), `\n==== ${name} ${method} ${path}\n${said}`);
  // Its last word: a place it could use. What it suspects on the way, as where answers change because guesses at a
  // password wait, it takes back itself.
  const findings = said.split('\n').filter((line) => /is vulnerable|^\s+Payload: /.test(line));
  const tried = (said.match(/testing if .*parameter .*is (dynamic|stable)|does not seem to be injectable|skipping/g) ?? []).length;
  if (tried === 0 && findings.length === 0) findings.push(`sqlmap tried nothing: ${said.slice(-500).replaceAll('\n', ' ')}`);
  return findings;
}

// ---- the canary: what is full of holes must be found ---------------------------------------------

async function canary() {
  const server = spawn('python3', [fileURLToPath(new URL('holes.py', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim())));
    const base = `http://127.0.0.1:${port}`;
    const holes = await sqlmap('canary', base, {}, { method: 'GET', path: '/people?name=a*' });
    result('sqlmap finds the injection of the page full of holes', holes.length > 0 ? [] : ['it was not found']);
    const { findings } = await wapiti('canary', base, {}, ['/people?name=a', '/hello?who=a']);
    for (const kind of [/Cross Site Scripting/i, /SQL Injection/i, /Content Security Policy/i])
      result(`wapiti finds its ${kind.source}`, findings.some((one) => kind.test(one)) ? [] : [findings.join('; ') || 'nothing was found']);
  } finally {
    server.kill();
  }
}

// ---- the demo ------------------------------------------------------------------------------------

class Demo extends World {
  constructor(store) {
    super(store);
    const [cert, key] = [join(this.folder, 'cert.pem'), join(this.folder, 'key.pem')];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
      '-addext', 'subjectAltName=IP:127.0.0.1', '-out', cert, '-keyout', key]);
    this.serveOptions = ['--log-requests', '--tls-cert', cert, '--tls-key', key];
  }
  pages() {
    return process.env.EVENHAND_WEB ?? join(ROOT, 'web/dist');
  }
  async start() {
    if (this.server) return;
    await super.start();
    this.base = this.base.replace('http:', 'https:');
  }
}

async function scan(store) {
  const world = new Demo(store);
  try {
    const sample = join(world.folder, 'in');
    world.now = '2026-11-20T10:00:00+08:00';
    world.run(['sample', '--accounts', '300', '--seed', '7', '--as-of', '2026-11-19', '--out', sample]);
    world.ensureStaff();
    const csv = readdirSync(sample).filter((name) => name.endsWith('.csv')).map((name) => join(sample, name));
    world.run(['import', '--mapping', join(sample, 'mapping.toml'), '--as-of', '2026-11-19', ...csv]);
    for (const date of ['2026-11-19', '2026-11-20']) world.run(['nightly', '--date', date]);
    await world.start();
    const all = (await requests(world, JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8'))))
      .filter((one) => `${one.method} ${one.route}`.includes(only));
    const session = await world.signIn(world.userOf('admin'));
    const headers = { cookie: session.cookie, 'x-csrf-token': session.csrf };
    let at = 0, tried = 0;
    const worker = async () => {
      while (at < all.length) {
        const one = all[at++];
        const name = `${store}-${at}`;
        tried += (`${one.path}${JSON.stringify(one.body ?? '')}`.match(/\*/g) ?? []).length;
        result(`${store}: sqlmap ${one.method} ${one.route}`, await sqlmap(name, world.base, one.headers ?? headers, one));
      }
    };
    await Promise.all([worker(), worker()]);
    report.push(`- ${store}: ${all.length} requests, ${tried} values tried by sqlmap`);
    const gets = all.filter((one) => one.method === 'GET').map((one) => one.path.replaceAll('*', ''));
    const { findings, pages } = await wapiti(store, world.base, headers, ['/', '/sign-in', ...gets]);
    result(`${store}: wapiti over ${pages} pages and answers`, findings);
    const still = await fetch(`${world.base}/api/v1/session`, { headers });
    result(`${store}: the session the scanners used is alive`, still.status === 200 ? [] : [`answered ${still.status}`]);
    await world.stop();
    const wrong = [...new Set(world.said.split('\n').filter((line) => / 5\d\d /.test(line) && !/ 503 /.test(line)))];
    result(`${store}: no answer of 5xx`, wrong.slice(0, 20));
    world.run(['seal']);
    const verified = spawnSync(PROGRAM, ['verify', ...world.place], { cwd: ROOT, encoding: 'utf8' });
    result(`${store}: store and log verify after all that`, verified.status === 0 ? [] : [verified.stdout + verified.stderr]);
  } finally {
    await world.close();
  }
}

report.push(`wapiti ${version('wapiti', '--version')}, sqlmap ${version('sqlmap', '--version')}`, '');
await canary();
for (const store of !quick && process.env.EVENHAND_TEST_POSTGRES ? ['sqlite', 'postgres'] : ['sqlite']) await scan(store);
report.push('', `${passed} passed, ${failed} failed`);
writeFileSync(join(OUT, 'report.md'), report.join('\n') + '\n');
console.log(`report: ${join(OUT, 'report.md')}\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
