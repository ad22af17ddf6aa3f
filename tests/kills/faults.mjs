// The disk fails: a call of the night's returns an error, or a disk that is really full refuses. The
// night says what, where and what to do, leaves nothing half, and is in the end the night that met
// no fault.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { House, ROOT, must, mustBeSame, sleep } from './house.mjs';

// What the night said of a fault that ended it: what, where, and what to do.
function mustSay(ended) {
  must(ended.code !== null, `the night died of ${ended.signal}: ${ended.err}`);
  if (ended.code === 0) return;  // nothing hung on it
  must(ended.code === 5, `exit ${ended.code}: ${ended.err}`);
  must(/^evenhand: .*(full|No space|error|cannot)/im.test(ended.err), `it does not say what: ${ended.err}`);
  must(/^ {2}at \S|server at \S/m.test(ended.err), `it does not say where: ${ended.err}`);
  must(/make room.*run the same command again/.test(ended.err), `it does not say what to do: ${ended.err}`);
}
const saidOf = (ended, house) => (/^evenhand: .*/m.exec(ended.err)?.[0] ?? '').replaceAll(house.folder, '').slice(0, 160);

// In the end it is the same night, once the fault is over.
async function mended(house, whole) {
  const { code, err } = await house.begin().ended;
  must(code === 0, `without the fault: exit ${code}: ${err}`);
  mustBeSame(whole, house.left());
  house.proven();
}

function compiled(house) {
  const shim = join(house.folder, 'fault.so');
  const done = spawnSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-O1', '-o', shim, join(ROOT, 'tests/kills/fault.c'), '-ldl'], { encoding: 'utf8' });
  must(done.status === 0, `cc: ${done.stderr}`);
  return shim;
}

export async function faultRuns({ store, accounts, faults, rand, check }) {
  const house = new House(store);
  try {
    house.prepare(accounts);
    const shim = compiled(house), told = join(house.folder, 'told');
    const faulty = async (at, kind) => {
      rmSync(told, { force: true });
      const ended = await house.begin({ LD_PRELOAD: shim, FAULT_UNDER: house.data, FAULT_AT: String(at), FAULT_KIND: kind, FAULT_TOLD: told }).ended;
      const lines = existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : [];
      return { ended, count: Number(lines.find((line) => line.includes(' in all'))?.split(' ')[0]),
        hit: lines.find((line) => !line.includes(' in all'))?.replace(house.data, '') };
    };
    house.restore();
    const clean = await faulty(0, 'eio');
    must(clean.ended.code === 0 && clean.count > 100, `exit ${clean.ended.code}, ${clean.count} calls: ${clean.ended.err}`);
    const whole = house.left();
    house.proven();
    const outcomes = new Map();
    for (let i = 0; i < faults; i++) {
      const at = 1 + Math.floor((clean.count * (i + rand())) / faults), kind = ['eio', 'full', 'short'][i % 3];
      await check(`${store}: call ${at} of ${clean.count} fails (${kind})`, async () => {
        house.restore();
        const { ended, hit } = await faulty(at, kind);
        mustSay(ended);
        outcomes.set(`exit ${ended.code}`, (outcomes.get(`exit ${ended.code}`) ?? 0) + 1);
        await mended(house, whole);
        return `${hit ?? 'not met'}: exit ${ended.code}, ${saidOf(ended, house)}`;
      });
    }
    await check(`${store}: faults`, () => [...outcomes].map(([name, n]) => `${name} ${n}`).join(', '));
  } finally {
    house.close();
  }
}

// A disk of its own for the data folder, so small that the night fills it. `null`: not allowed here.
function mount(folder, mib) {
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder], { encoding: 'utf8' });
  return done.status === 0 ? () => spawnSync('umount', [folder]) : null;
}

// The server ends every connection of the night, as it does when it is restarted; every second time it
// lets nobody in again before the night has given up.
export async function lostConnections({ accounts, cuts, rand, check }) {
  const house = new House('postgres');
  try {
    house.prepare(accounts);
    house.restore();
    const clean = await house.begin().ended;
    must(clean.code === 0, clean.err);
    const whole = house.left(), outcomes = new Map();
    let ended_all = 0;
    for (let i = 0; i < cuts; i++) {
      const at = (0.8 * clean.ms * (i + rand())) / cuts, away = i % 2 === 1;
      await check(`postgres: ${away ? 'gone' : 'restarted'} at ${Math.round(at)} ms`, async () => {
        house.restore();
        const night = house.begin();
        await Promise.race([sleep(at), night.ended]);
        if (away) house.admin(`ALTER DATABASE ${house.database} ALLOW_CONNECTIONS false`);
        const count = house.endConnections();
        ended_all += count;
        const ended = await night.ended;
        if (away) house.admin(`ALTER DATABASE ${house.database} ALLOW_CONNECTIONS true`);
        mustSay(ended);
        outcomes.set(ended.code, (outcomes.get(ended.code) ?? 0) + 1);
        await mended(house, whole);
        return `${count} connections ended, exit ${ended.code}${ended.code === 0 ? '' : `, ${saidOf(ended, house)}`}`;
      });
    }
    await check('postgres: lost connections', () => {
      must(ended_all > 0, 'no connection was ever ended');
      return `${ended_all} ended, ` + [...outcomes].map(([code, n]) => `exit ${code} ${n} times`).join(', ');
    });
  } finally {
    house.close();
  }
}

export async function fullDisk({ store, accounts, fills, check, skip }) {
  const house = new House(store);
  let unmount = null;
  try {
    house.prepare(accounts);
    house.restore();
    const clean = await house.begin().ended;
    must(clean.code === 0, clean.err);
    const whole = house.left();
    unmount = mount(house.data, 512);
    if (!unmount) return skip(`${store}: a full disk: this user may not mount one`);
    const room = () => { const fs = statfsSync(house.data); return fs.bavail * fs.bsize; };
    house.restore();
    const before = room();
    must((await house.begin().ended).code === 0, 'the night on a disk with room');
    const needed = before - room();
    for (let i = 0; i < fills; i++) {
      const left = Math.floor((needed * (i + 0.5)) / fills);
      await check(`${store}: ${Math.round(left / 1024)} KiB left on the disk, the night needs ${Math.round(needed / 1024)}`, async () => {
        house.restore();
        fill(join(house.data, 'filler'), room() - left);
        const ended = await house.begin().ended;
        must(ended.code !== 0 || /full|No space/.test(ended.err), `the night ended well with no room: ${ended.err}`);
        mustSay(ended);
        rmSync(join(house.data, 'filler'));
        await mended(house, whole);
        return `exit ${ended.code}, ${saidOf(ended, house)}`;
      });
    }
  } finally {
    unmount?.();
    house.close();
  }
}

function fill(file, bytes) {
  const fd = openSync(file, 'w'), block = Buffer.alloc(1 << 16);
  for (let left = bytes; left > 0; left -= block.length) writeSync(fd, block, 0, Math.min(left, block.length));
  fsyncSync(fd);
  closeSync(fd);
}
