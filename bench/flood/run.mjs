// Do signed-in users notice a flood? People at work (read a day, open a case, write a note) for some
// seconds in calm, then the same beside fifty times as many requests of strangers from many
// addresses, one signed-in user who asks without end, and a thousand clients that send a byte a
// second. Rounds in turns. Compared: p99 of those at work; and each note that was acknowledged is there.
//   bench/flood/run [--seconds N] [--rounds N] [--json]     loopback only; ends by itself
// EVENHAND: the program (build/release/evenhand). Exit 1: more than five times calm, or a note lost.
import { fork } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { World } from '../../tests/stories/world.mjs';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const seconds = option('--seconds', 15), rounds = option('--rounds', 3);
const PAUSE_MS = 150, TIMES = 50;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
const median = (list) => at([...list].sort((a, b) => a - b), 0.5);

// One request over a connection that is kept; gives status, text and milliseconds.
function ask(agent, port, method, path, session, body) {
  return new Promise((done) => {
    const since = performance.now();
    const sent = request({ agent, port, host: '127.0.0.1', method, path: `/api/v1${path}`,
      headers: { cookie: session.cookie, 'x-csrf-token': session.csrf, 'content-type': 'application/json' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => done({ status: answer.statusCode, text, ms: performance.now() - since }));
    });
    sent.on('error', (error) => done({ status: 0, text: String(error), ms: performance.now() - since }));
    sent.end(body && JSON.stringify(body));
  });
}

// What one person does, over and over; every answer's time is noted.
async function work(person, port, until, seen) {
  for (let i = 0; Date.now() < until; i++) {
    const case_id = person.cases[person.notes.length % person.cases.length];
    const note = `联系记录 ${person.session.userName} ${Date.now()} ${i}`;
    const steps = [['GET', '/my-day?size=20'], ['GET', `/cases/${case_id}`], ['POST', `/cases/${case_id}/notes`, { text: note }]];
    for (const [method, path, body] of steps) {
      const answer = await ask(person.agent, port, method, path, person.session, body);
      seen.times.push(answer.ms);
      if (answer.status !== 200) seen.wrong.push(`${method} ${path.replace(/C\d+/, '…')} ${answer.status} ${answer.text.slice(0, 120)}`);
      else if (method === 'POST') person.notes.push({ case_id, note });
      await sleep(PAUSE_MS);
    }
  }
}

function memoryMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

async function phase(people, world, port, flood) {
  const seen = { times: [], wrong: [] };
  let most = 0;
  const watch = setInterval(() => { most = Math.max(most, memoryMb(world.server.pid)); }, 200);
  const began = Date.now();
  await Promise.all(people.map((person) => work(person, port, began + seconds * 1000, seen)));
  clearInterval(watch);
  seen.times.sort((a, b) => a - b);
  return { flood: Boolean(flood), per_s: seen.times.length / ((Date.now() - began) / 1000), p50: at(seen.times, 0.5),
    p99: at(seen.times, 0.99), most_mb: most, wrong: seen.wrong };
}

const world = new World('sqlite');
const sample = join(world.folder, 'in');
world.run(['sample', '--accounts', '2000', '--seed', '5', '--as-of', '2026-11-19', '--out', sample]);
world.ensureStaff();
const csv = readdirSync(sample).filter((name) => name.endsWith('.csv')).map((name) => join(sample, name));
world.run(['import', '--mapping', join(sample, 'mapping.toml'), '--as-of', '2026-11-19', ...csv]);
for (const date of ['2026-11-19', '2026-11-20']) world.run(['nightly', '--date', date]);
await world.start();
const port = Number(new URL(world.base).port);
const people = [];
for (const [name, user] of world.passwords) {
  if (user.role !== 'collector' || people.length === 12) continue;
  // Many cases each: a case's page shows its latest notes, and all of them are looked for in the end.
  const { body } = await world.call(name, 'GET', '/my-day?size=20');
  const cases = (body?.items ?? []).map((one) => one.case_id);
  if (cases.length < 10) continue;
  people.push({ session: await world.signIn(name), cases, notes: [], agent: new Agent({ keepAlive: true, maxSockets: 1 }) });
}
const noisy = await world.signIn(world.userOf('analyst'));

const results = [];
let code = 1;
try {
  for (let round = 0; round < rounds; round++) {
    const calm = await phase(people, world, port, null);
    const flood = fork(fileURLToPath(new URL('flood.mjs', import.meta.url)), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    flood.send({ port, per_s: Math.round(calm.per_s * TIMES), slow: 1000, seconds: seconds + 4, cookie: noisy.cookie });
    await sleep(2000); // until it is at its height
    const wet = await phase(people, world, port, flood);
    const told = await new Promise((done) => flood.on('message', done));
    results.push({ calm, wet, told });
    await sleep(1000);
  }
  let lost = 0, notes = 0;
  for (const person of people) {
    const pages = new Map();
    for (const case_id of person.cases)
      pages.set(case_id, (await world.call(person.session.userName, 'GET', `/cases/${case_id}`)).text);
    notes += person.notes.length;
    for (const { case_id, note } of person.notes) lost += pages.get(case_id).includes(note) ? 0 : 1;
  }
  const ratio = median(results.map((one) => one.wet.p99)) / median(results.map((one) => one.calm.p99));
  const wrong = results.flatMap((one) => [...one.calm.wrong, ...one.wet.wrong]);
  const out = { load: loadavg()[0], people: people.length, seconds, rounds: results.map(({ calm, wet, told }) =>
    ({ calm: { ...calm, wrong: calm.wrong.length }, wet: { ...wet, wrong: wet.wrong.length }, told })), ratio, notes, lost,
    wrong: [...new Set(wrong)].slice(0, 5), wrongs: wrong.length };
  if (process.argv.includes('--json')) console.log(JSON.stringify(out, null, 1));
  else {
    console.log(`load ${out.load.toFixed(1)}; ${people.length} people at work, ${rounds} rounds of ${seconds} s\n`);
    console.log('| | requests/s of the people | p50 ms | p99 ms | memory, most MB | flood: sent/s, answered/s (2xx, 4xx, cut), slow clients let in |\n|---|---|---|---|---|---|');
    for (const { calm, wet, told } of results) {
      console.log(`| calm | ${calm.per_s.toFixed(0)} | ${calm.p50.toFixed(1)} | ${calm.p99.toFixed(1)} | ${calm.most_mb.toFixed(0)} | |`);
      console.log(`| flood | ${wet.per_s.toFixed(0)} | ${wet.p50.toFixed(1)} | ${wet.p99.toFixed(1)} | ${wet.most_mb.toFixed(0)} | `
        + `${told.sent_per_s}, ${told.answered_per_s} (${told.good}, ${told.refused}, ${told.cut}), ${told.slow_in} of ${told.slow} |`);
    }
    console.log(`\np99 in the flood ${ratio.toFixed(2)} × calm (median of rounds); ${notes} notes acknowledged, ${lost} lost; `
      + `${wrong.length} other answers to people at work ${out.wrong.join('; ')}`);
  }
  code = lost === 0 && wrong.length === 0 && ratio <= 5 ? 0 : 1;
} finally {
  for (const person of people) person.agent.destroy();
  await world.close();
}
process.exit(code);
