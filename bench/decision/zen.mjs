// zen.mjs FOLDER CALLS: the rates of zen-engine on the decision in FOLDER (bench/decision/run wrote
// it), as JSON; exit 1 at the first answer that is not ours.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ZenEngine } from '@gorules/zen-engine';

const [folder, calls] = isMainThread ? [process.argv[2], Number(process.argv[3])]
  : [workerData.folder, workerData.calls];
const job = JSON.parse(readFileSync(join(folder, 'zen.json'), 'utf8'));

function head(name, bytes) {
  const buffer = Buffer.alloc(bytes), file = openSync(join(folder, name), 'r');
  const read = readSync(file, buffer, 0, bytes, 0);
  closeSync(file);
  return buffer.subarray(0, read);
}

const columns = job.inputs.map((input) => {
  const raw = head(`${input.name}.i32`, calls * 4);
  return new Int32Array(raw.buffer, raw.byteOffset, raw.length / 4);
});
function row(i) {
  const context = {};
  job.inputs.forEach((input, k) => {
    const value = columns[k][i];
    context[input.name] =
      input.kind === 'string' ? input.words[value] : input.kind === 'boolean' ? value !== 0 : value;
  });
  return context;
}

const engine = new ZenEngine();
const decision = engine.createDecision(job.jdm);
const empty = engine.createDecision({
  nodes: ['inputNode', 'outputNode'].map((type) =>
    ({ id: type, name: type, type, position: { x: 0, y: 0 } })),
  edges: [{ id: 'e', type: 'edge', sourceId: 'inputNode', targetId: 'outputNode' }] });

async function singly(what, count, each = () => {}) {
  const started = process.hrtime.bigint();
  for (let i = 0; i < count; ++i) each(i, await what.evaluate(rows[i]));
  return count * 1e9 / Number(process.hrtime.bigint() - started);
}

async function inFlight(count, width) {
  const started = process.hrtime.bigint();
  let next = 0;
  const lane = async () => { while (next < count) await decision.evaluate(rows[next++]); };
  await Promise.all(Array.from({ length: width }, lane));
  return count * 1e9 / Number(process.hrtime.bigint() - started);
}

async function workers() {
  const started = await Promise.all(Array.from({ length: availableParallelism() }, () =>
    new Promise((ready) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { folder, calls } });
      worker.once('message', () => ready(worker));
    })));
  const begun = process.hrtime.bigint();
  await Promise.all(started.map((worker) => new Promise((done) => {
    worker.once('message', done);
    worker.postMessage('go');
  })));
  const took = Number(process.hrtime.bigint() - begun);
  await Promise.all(started.map((worker) => worker.terminate()));
  return started.length * calls * 1e9 / took;
}

const rows = Array.from({ length: calls }, (_, i) => row(i));
for (let i = 0; i < Math.min(20, calls); ++i) await decision.evaluate(rows[i]);
if (!isMainThread) {
  parentPort.once('message', async () => {
    await inFlight(calls, 16);
    parentPort.postMessage('done');
  });
  parentPort.postMessage('ready');
} else {
  const answers = job.outputs.map((name) =>
    head(`${name}.answers`, calls * 64).toString('utf8').split('\n'));
  const said = [];
  const single = await singly(decision, calls, (i, answer) => { said[i] = answer.result; });
  said.forEach((result, i) => job.outputs.forEach((name, k) => {
    if (String(result?.[name] ?? null) === answers[k][i]) return;
    console.error(`row ${i}: ${name} is ${answers[k][i]}, zen says ${JSON.stringify(result)} for ` +
      JSON.stringify(rows[i]));
    process.exit(1);
  }));
  await singly(empty, Math.min(calls, 200));
  console.log(JSON.stringify({ compared: calls, single, empty: await singly(empty, calls),
    in_flight: await inFlight(calls, 64), workers: await workers() }));
}
