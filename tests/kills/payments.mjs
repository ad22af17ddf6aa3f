// Payments arrive all night: none is refused, none lost, each is in the book of the day it was told,
// to the fen; and how long one waits, by night and in a calm while just before.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openSheet } from '../columns.mjs';
import { DATE, FIRST, House, PROGRAM, ROOT, must, sleep } from './house.mjs';

const plusDays = (date, days) => new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

async function serve(house) {
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
  // A folder of its own: the server opens every file below it.
  const pages = join(house.folder, 'pages');
  mkdirSync(pages);
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>kills</title>');
  const child = spawn(PROGRAM, ['serve', ...house.place, '--now', house.now, '--listen', `127.0.0.1:${port}`, '--web', pages],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (text) => { said += text; });
  for (let i = 0; i < 400 && !/^serving /m.test(said); i++) await sleep(25);
  must(/^serving /m.test(said), `serve: ${said}`);
  return { port, stop: () => new Promise((resolve) => { child.on('exit', resolve); child.kill('SIGTERM'); }) };
}

// So many a second, whatever becomes of those before: each is timed from the moment it was due.
class Stream {
  constructor(house, port, keys, rate) {
    this.taken = new Map();  // payment_no → {fen, book_date}
    this.times = [];         // [due, ms]
    this.refused = [];
    this.sent = 0;
    this.repeats = 0;
    this.house = house;
    this.rate = rate;
    // Each channel has its own key and address: the server lets no single one ask more than its share.
    this.channels = keys.map((key, i) => ({ host: '127.0.0.1', localAddress: `127.0.0.${10 + i}`, port, method: 'POST',
      path: '/api/v1/payments', agent: new Agent({ keepAlive: true, maxSockets: 6 }),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } }));
    this.under = new Set();
  }
  send(n) {
    const due = performance.now(), payment_no = `A${n}`, fen = 100 + (n * 7919) % 1_000_000;
    const body = JSON.stringify({ payment_no, account_no: this.house.accounts[(n * 31) % this.house.accounts.length],
      paid_at: `${FIRST}T20:00:00+08:00`, amount_fen: fen, channel: 'transfer' });
    const one = new Promise((resolve) => {
      const asked = request(this.channels[n % this.channels.length], (answer) => {
        let text = '';
        answer.on('data', (part) => { text += part; });
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
      });
      asked.on('error', (error) => resolve({ status: 0, text: `${error}` }));
      asked.end(body);
    }).then(({ status, text }) => {
      this.times.push([due, performance.now() - due]);
      this.under.delete(one);
      if (status !== 200) return void this.refused.push(`${status} ${text.slice(0, 200)}`);
      const { book_date, repeated } = JSON.parse(text), before = this.taken.get(payment_no);
      if (before && (!repeated || before.book_date !== book_date)) this.refused.push(`${payment_no} told twice: ${text}`);
      if (repeated) this.repeats++;
      this.taken.set(payment_no, { fen, book_date });
    });
    this.under.add(one);
  }
  start() {
    const begun = performance.now();
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - begun) / 1000) * this.rate);
      // One in fifty is sent again, as a sender does that heard no answer.
      for (; this.sent < due; this.sent++) this.send(this.sent % 50 === 49 ? this.sent - 25 : this.sent);
    }, 2);
  }
  async stop() {
    clearInterval(this.timer);
    while (this.under.size > 0) await Promise.all(this.under);
    for (const { agent } of this.channels) agent.destroy();
  }
  within(from, to) {
    return this.times.filter(([due]) => due >= from && due < to).map(([, ms]) => ms).sort((a, b) => a - b);
  }
}

// payment_no → fen of what arrived one by one, out of a book's own columns.
function bookPayments(house, date) {
  const folder = join(house.data, 'book', date), edition = readFileSync(join(folder, 'current'), 'utf8').trim();
  const stage = readdirSync(join(folder, edition)).find((name) => name.endsWith('-accrue'));
  const payments = openSheet(join(folder, edition, stage, 'payments'));
  const found = new Map();
  for (let row = 0; row < payments.rows; row++) {
    const no = payments.columns.payment_no(row);
    if (!/^A\d+$/.test(no)) continue;
    must(!found.has(no), `${no} is twice in the book of ${date}`);
    found.set(no, payments.columns.amount_fen(row));
  }
  return found;
}

export async function paymentRuns({ store, accounts, rate, calm_s, nights, limit, check }) {
  const house = new House(store);
  let server = null;
  try {
    house.prepare(accounts);
    house.restore();
    const keys = ['bank', 'alipay', 'wechat', 'unionpay', 'counter'].map((name) => {
      house.run('keys holder', `machine:${name}`, '--name', '收款通知');
      return /\beh_\S+/.exec(house.run('keys make', `machine:${name}`).stdout)[0];
    });
    server = await serve(house);
    const stream = new Stream(house, server.port, keys, rate);
    stream.start();
    await sleep(1500);  // connections are made, caches filled
    // What preparing wrote goes to disk now: the kernel would do it half a minute later, in the middle of a night,
    // and every commit of every process would wait for it.
    spawnSync('sync');
    const calm = [performance.now(), 0];
    await sleep(calm_s * 1000);
    calm[1] = performance.now();
    const during = [], dates = [];
    for (let i = 0; i < nights; i++) {
      const date = plusDays(DATE, i), begun = performance.now();
      house.now = `${date}T02:00:00+08:00`;
      const { code, err } = await house.begin({}, date).ended;
      must(code === 0, `the night of ${date}: exit ${code}: ${err}`);
      during.push([begun, performance.now()]);
      dates.push(date);
      await sleep(300);
    }
    await stream.stop();
    const last = plusDays(DATE, nights);
    // The bank's file of the next day has some of them again.
    const again = [...stream.taken].slice(0, 40);
    const file = join(house.folder, 'next', 'payments.csv');
    const accountOf = (no) => house.accounts[(Number(no.slice(1)) * 31) % house.accounts.length];
    writeFileSync(file, 'payment_no,account_no,paid_on,amount_fen,channel\n' +
      again.map(([no, { fen }]) => `${no},${accountOf(no)},${FIRST},${fen},transfer\n`).join(''));
    house.now = `${last}T02:00:00+08:00`;
    house.run('import', '--mapping', join(house.folder, 'in', 'mapping.toml'), '--as-of', last, file);
    await server.stop();
    server = null;
    const ended = await house.begin({}, last).ended;
    must(ended.code === 0, `the last night: ${ended.err}`);

    await check(`${store}: no payment is refused`, () => {
      must(stream.refused.length === 0, `${stream.refused.length} of ${stream.sent}: ${stream.refused.slice(0, 5).join('\n')}`);
      must(stream.repeats > 0, 'none was sent twice');
      return `${stream.sent} sent at ${rate}/s, ${stream.taken.size} payments, ${stream.repeats} sent twice and told so`;
    });
    await check(`${store}: none is lost, none counts twice, each is in the book of its day`, () => {
      let fen = 0;
      for (const date of [...dates, last]) {
        const book = bookPayments(house, date);
        const due = [...stream.taken].filter(([, one]) => one.book_date <= date);
        for (const [no, one] of due) must(book.get(no) === one.fen, `${no} of ${one.fen} fen: ${book.get(no)} in the book of ${date}`);
        must(book.size === due.length, `${book.size} in the book of ${date}, told for it ${due.length}`);
        if (date === last) fen = [...book.values()].reduce((a, b) => a + b, 0);
      }
      must(fen === [...stream.taken.values()].reduce((a, one) => a + one.fen, 0), 'the sums differ');
      const days = new Set([...stream.taken.values()].map((one) => one.book_date));
      must(days.size >= nights, `only ${[...days]} were told`);
      house.proven();
      return `${stream.taken.size} payments of ${fen} fen over ${days.size} days`;
    });
    const shown = (ms) => `${ms.length} of p50 ${percentile(ms, 0.5).toFixed(1)}, p99 ${percentile(ms, 0.99).toFixed(1)}, longest ${ms[ms.length - 1].toFixed(0)} ms`;
    await check(`${store}: nobody waits for the night`, () => {
      const quiet = stream.within(...calm), night = during.flatMap(([from, to]) => stream.within(from, to)).sort((a, b) => a - b);
      const ratio = percentile(night, 0.99) / percentile(quiet, 0.99);
      const said = `calm ${shown(quiet)}; ${nights} nights of ${during.map(([from, to]) => ((to - from) / 1000).toFixed(1)).join('/')} s ` +
        `over ${accounts} accounts ${shown(night)}; p99 ${ratio.toFixed(1)} times the calm one`;
      must(!limit || ratio <= limit, said);
      return said;
    });
  } finally {
    await server?.stop();
    house.close();
  }
}
