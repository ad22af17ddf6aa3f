// What the sign-in tests stand on: free ports, certificates made for the hour, and child processes
// that are ended by their own id.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROGRAM = process.env.EVENHAND ?? join(ROOT, 'build/release/evenhand');

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', cwd: ROOT, ...options });
  if (done.error) throw new Error(`${program}: ${done.error.message}; tools/setup --test installs it`);
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

// Starts a process and waits until `ready` says so (of what it wrote, or of the world).
export async function start(program, args, ready, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: ROOT, ...options });
  const one = { child, said: '' };
  let ended = false;
  child.stdout.on('data', (text) => (one.said += text));
  child.stderr.on('data', (text) => (one.said += text));
  const end = new Promise((resolve) => child.on('exit', () => resolve((ended = true))));
  child.on('error', (error) => (one.said += error.message, (ended = true)));
  one.stop = async () => {
    if (ended) return;
    child.kill('SIGTERM');
    await end;
  };
  for (let tries = 0; tries < 200 && !ended; ++tries) {
    if (await ready(one.said)) return one;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await one.stop();
  throw new Error(`${program} did not start:\n${one.said.slice(-2000)}`);
}

// A CA and a certificate of localhost under it, for one day.
export function makeCertificate(folder, name) {
  mkdirSync(folder, { recursive: true });
  const at = (file) => join(folder, `${name}-${file}`);
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '1'];
  run('openssl', ['req', '-x509', ...key, '-subj', `/CN=${name} CA`, '-keyout', at('ca.key'), '-out', at('ca.pem')]);
  run('openssl', ['req', ...key.slice(0, 3), '-subj', '/CN=localhost', '-keyout', at('server.key'), '-out', at('server.csr')]);
  writeFileSync(at('san'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  run('openssl', ['x509', '-req', '-days', '1', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'),
    '-CAcreateserial', '-extfile', at('san'), '-out', at('server.pem')]);
  return { ca: at('ca.pem'), key: at('server.key'), certificate: at('server.pem') };
}

// A browser as far as it matters here: cookies, an address of its own, no redirect followed unseen.
let clients = 0;
export class Client {
  constructor(base) {
    this.base = base;
    this.jar = new Map();
    this.address = `10.1.${++clients >> 8}.${clients & 255}`;
    this.csrf = '';
  }

  async ask(url, { method = 'GET', body, form } = {}) {
    const headers = { 'x-forwarded-for': this.address };
    const origin = new URL(url).origin;
    const cookies = [...this.jar].filter(([key]) => key.startsWith(origin)).map(([, pair]) => pair);
    if (cookies.length) headers.cookie = cookies.join('; ');
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
    if (this.csrf) headers['x-csrf-token'] = this.csrf;
    const answer = await fetch(url, { method, headers, redirect: 'manual',
      body: form ? new URLSearchParams(form) : body === undefined ? undefined : JSON.stringify(body) });
    for (const line of answer.headers.getSetCookie()) {
      const pair = line.split(';')[0];
      const key = `${origin} ${pair.split('=')[0]}`;
      if (pair.endsWith('=')) this.jar.delete(key);
      else this.jar.set(key, pair);
    }
    const text = await answer.text();
    let json = null;
    try { json = JSON.parse(text); } catch { /* a page */ }
    return { status: answer.status, location: answer.headers.get('location'), text, json,
      where: json?.error?.where, message: json?.error?.message, cookies: answer.headers.getSetCookie() };
  }

  async call(method, path, body) {
    const answer = await this.ask(`${this.base}/api/v1${path}`, { method, body: body ?? (method === 'GET' ? undefined : {}) });
    if (answer.json?.csrf_token) this.csrf = answer.json.csrf_token;
    return answer;
  }

  signIn(user_name, password, code) {
    return this.call('POST', '/session', { user_name, password, ...(code && { code }) });
  }
}
