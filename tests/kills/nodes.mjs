// One night made by several processes that share a PostgreSQL and a folder: any of them is killed, the
// night itself too, and what is left is the night that one process made.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { House, DATE, PROGRAM, ROOT, must, mustBeSame, sleep } from './house.mjs';

const ROW_STAGES = new Set(['accrue', 'age', 'score', 'treat']);  // what is shared

// A process that helps, until it is stopped or killed. `ended`: how many blocks it says it decided.
function worker(house) {
  const child = spawn(PROGRAM, house.args('worker', '--threads', '1'), { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const one = { out: '', err: '', over: false, killed: false, stop: () => child.kill('SIGTERM'),
    kill: () => { one.killed = true; child.kill('SIGKILL'); } };
  child.stdout.on('data', (text) => { one.out += text; });
  child.stderr.on('data', (text) => { one.err += text; });
  one.ended = new Promise((resolve) => child.on('close', (code, signal) => {
    one.over = true;
    resolve({ code, signal, err: one.err, blocks: Number(one.out.match(/^(\d+) blocks/)?.[1] ?? 0) });
  }));
  return one;
}

// Milliseconds of the stages that are shared, and of the whole night.
function timings(house, ms) {
  const day = house.bookFolder();
  const edition = readFileSync(join(day, 'current'), 'utf8').trim();
  const { stages } = JSON.parse(readFileSync(join(day, edition, 'timings.json'), 'utf8'));
  return { night: ms, rows: stages.filter(({ stage }) => ROW_STAGES.has(stage)).reduce((sum, { wall_ms }) => sum + wall_ms, 0) };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (times, what) => `${Math.round(median(times.map((one) => one[what])))} ms`;

export async function nodeRuns({ accounts, blockRows, workers, runs, rand, check, say }) {
  const house = new House('postgres');
  const shared = ['--threads', '1', '--block-rows', String(blockRows)];
  try {
    house.prepare(accounts);
    const alone = [], together = [];
    let whole = null, length = 0;
    await check('nodes: one process with one thread makes the night', async () => {
      for (let i = 0; i < 3; i++) {
        house.restore();
        const { code, err, ms } = await house.begin({}, DATE, ...shared).ended;
        must(code === 0, `exit ${code}: ${err}`);
        alone.push(timings(house, ms));
        whole = house.left();
        length = ms;
      }
      return `${accounts} accounts in blocks of ${blockRows}, ${alone.map((one) => Math.round(one.night)).join('/')} ms`;
    });
    if (!whole) return;
    let decided = 0, killed = 0;
    // Without a kill first: what the processes gain. Then one worker is killed each time, at an instant
    // of its own; every third time the night is killed too, and goes on.
    for (let i = 0; i < runs + 3; i++) {
      const calm = i < 3, name = calm ? `nodes: ${workers} workers` : `nodes: ${workers} workers, one killed`;
      await check(name, async () => {
        house.restore();
        const all = [...Array(workers).keys()].map(() => worker(house));
        try {
          if (calm) await sleep(300);  // they have started
          let night = house.begin({}, DATE, ...shared, '--shared');
          let told = '';
          if (!calm) {
            const one = all[Math.floor(rand() * workers)];
            await Promise.race([sleep(length * rand()), night.ended]);
            one.kill();
            killed++;
            if (i % 3 === 0) {
              await Promise.race([sleep(length * 0.3 * rand()), night.ended]);
              night.kill();
              await night.ended;
              told = `, the night killed at ${house.where()}`;
              night = house.begin({}, DATE, ...shared, '--shared');
            }
          }
          const { code, err, ms } = await night.ended;
          must(code === 0, `exit ${code}: ${err}`);
          if (calm) together.push(timings(house, ms));
          mustBeSame(whole, house.left());
          house.proven();
          for (const one of all) one.stop();
          const ends = await Promise.all(all.map((one) => one.ended));
          const blocks = ends.map((end) => end.blocks);
          decided += blocks.reduce((a, b) => a + b, 0);
          must(ends.filter((end) => end.signal === null && end.code !== 0).length === 0, ends.map((end) => end.err).join(''));
          return `${blocks.join(' + ')} blocks by workers${told}`;
        } finally {
          for (const one of all.filter((each) => !each.over)) one.kill();
        }
      });
    }
    await check('nodes: workers did some of it, and some were killed', () => {
      must(decided > 0, 'no worker decided a block');
      must(killed > 0, 'no worker was killed');
      return `${decided} blocks, ${killed} killed`;
    });
    await check('nodes: no row of a block, and no half, is left', () => {
      must(house.query('SELECT count(*) FROM night_block') === '0', 'night_block is not empty');
      must(!readdirSync(house.bookFolder()).some((name) => name.endsWith('.part')), 'a half is left');
    });
    if (together.length > 0)
      say(`nodes: stages that are shared ${spread(alone, 'rows')} alone, ${spread(together, 'rows')} with ${workers} workers; ` +
        `the whole night ${spread(alone, 'night')} and ${spread(together, 'night')}`);
  } finally {
    house.close();
  }
}
