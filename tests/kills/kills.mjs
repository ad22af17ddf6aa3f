// A night is killed at any instant, again while it resumes, and is in the end the unkilled night.
import { appendFileSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, STAGES, must, mustBeSame, sleep } from './house.mjs';

const OVER = 'over already';

// The instants that chance would seldom hit: each a wait for what the night leaves when it is there.
function aims(house) {
  const book = house.bookFolder(), log = join(house.data, 'log', 'checkpoint');
  const edition = () => existsSync(book) && readdirSync(book).find((name) => /^[0-9a-f]{12}$/.test(name));
  const sealed = existsSync(log) ? statSync(log).mtimeMs : 0;
  return [
    ...STAGES.map((name, i) => ({ name, reached: () => (i === 0 ? existsSync(book) : (house.stagesOnDisk() ?? 0) >= i) })),
    { name: 'book.json', reached: () => (house.stagesOnDisk() ?? 0) >= STAGES.length },
    { name: 'publish', reached: () => Boolean(edition()) },
    { name: 'current', reached: () => existsSync(join(book, 'current')) },
    { name: 'sealing', reached: () => edition() && existsSync(join(book, edition(), 'timings.json')) },
    { name: 'checkpoint', reached: () => existsSync(log) && statSync(log).mtimeMs !== sealed },
  ];
}

// Kills the night at `instant`: after so many ms, or once it has reached what is aimed at.
async function killed(house, instant) {
  const night = house.begin();
  if (typeof instant === 'number') await Promise.race([sleep(instant), night.ended]);
  else {
    const { reached } = aims(house).find((one) => one.name === instant);
    while (!night.over && !reached()) await new Promise(setImmediate);
  }
  night.kill();
  const { code, err } = await night.ended;
  must(code === null || code === 0, `the night ended by itself with ${code}: ${err}`);
  return code === 0 ? OVER : house.where();
}

// The comparison itself sees what it should: each of these is planted in a whole night and found.
function plants(house, left) {
  const file = join(house.bookFolder(), left.book.find((line) => line.includes('accounts/')).split(' ')[0]);
  const row = (sql) => () => house.change(sql);
  return [
    ['book', 'a byte of the book', () => appendFileSync(file, 'x')],
    ['book', 'half a file left over', () => writeFileSync(join(house.bookFolder(), 'current.tmp'), 'x')],
    ['rows', 'a row less', row('DELETE FROM bucket_change WHERE account_no = (SELECT max(account_no) FROM bucket_change)')],
    ['told', 'a fact told twice', row(`INSERT INTO fact SELECT fact_id + 1, kind, subject, made_by, made_at, body FROM fact
      WHERE fact_id = (SELECT max(fact_id) FROM fact WHERE made_by = 'night')`)],
  ];
}

// `thorough`: each stage is aimed at and must be hit; else every other, and most of them.
export async function killRuns({ store, accounts, instants, thorough, rand, check, say }) {
  const house = new House(store);
  try {
    house.prepare(accounts);
    const whole = { ms: [], left: null };
    const clean = await check(`${store}: nights of the same inputs leave the same`, async () => {
      for (let i = 0; i < 3; i++) {
        house.restore();
        const { code, err, ms } = await house.begin().ended;
        must(code === 0, `exit ${code}: ${err}`);
        whole.ms.push(ms);
        const left = house.left();
        if (whole.left) mustBeSame(whole.left, left);
        whole.left = left;
      }
      house.proven();
      return `${accounts} accounts, ${whole.left.told.length} facts, ${whole.left.rows.length} rows, ` +
        `${whole.left.book.length} files, ${whole.ms.map((ms) => Math.round(ms)).join('/')} ms`;
    });
    if (!clean) return null;
    await check(`${store}: the comparison finds what is planted`, () => {
      const found = [];
      for (const [part, name, plant] of plants(house, whole.left)) {
        plant();
        const left = house.left();
        must(left.hash[part] !== whole.left.hash[part], `${name} was not found`);
        found.push(name);
      }
      return found.join(', ');
    });
    const length = [...whole.ms].sort((a, b) => a - b)[1];
    const aimed = aims(house).map((one) => one.name).filter((_, i) => thorough || i % 2 === 0);
    const hits = new Map(), kills = [0, 0, 0];
    // Evenly over the night, one instant at random in each of as many equal parts; then one aimed
    // at each stage. Every third is killed again while it resumes, every ninth once more.
    const plan = [...Array(instants).keys()].map((i) => (length * (i + rand())) / instants);
    for (const [at, instant] of [...plan, ...aimed].entries()) {
      const name = typeof instant === 'number' ? `at ${Math.round(instant)} ms` : `at ${instant}`;
      await check(`${store}: killed ${name}`, async () => {
        // Quicker than the night that was measured, or past the stage that was aimed at: once more.
        let hit = [];
        for (let tries = 0; tries < 8; tries++) {
          house.restore();
          const where = await killed(house, tries === 0 || instant === String(instant) ? instant : length * rand());
          if (where !== OVER) hit = [where];
          if (hit.length > 0 && (where === instant || !STAGES.includes(instant))) break;
        }
        must(hit.length > 0, 'the night was always over before');
        for (let again = 3; at % again === 0 && hit.length < 3; again *= 3) {
          const where = await killed(house, length * rand() * 0.7);
          if (where === OVER) break;
          hit.push(where);
        }
        for (const where of hit) hits.set(where, (hits.get(where) ?? 0) + 1);
        hit.forEach((_, i) => kills[i]++);
        const { code, err } = await house.begin().ended;
        must(code === 0, `the resumed night: exit ${code}: ${err}`);
        mustBeSame(whole.left, house.left());
        house.proven();
        return hit.join(', then ');
      });
    }
    await check(`${store}: ${thorough ? 'every stage was hit' : 'many stages were hit'}`, () => {
      const missed = [...STAGES, 'publish', 'sealing'].filter((name) => ![...hits.keys()].some((hit) => hit.startsWith(name)));
      must(missed.length <= (thorough ? 0 : STAGES.length - 3), `${missed.join(', ')} were not`);
      return `${kills.reduce((a, b) => a + b)} kills in ${kills[0]} nights (${kills[1]} killed twice, ${kills[2]} three times): ` +
        [...hits].map(([name, n]) => `${name} ${n}`).join(', ');
    });
    await check(`${store}: nothing that was there before has changed`, () => must(house.hashOfBase() === house.baseFiles, 'the copied folder is not what it was'));
    say(`${store}: book ${whole.left.hash.book.slice(0, 16)}, facts ${whole.left.hash.told.slice(0, 16)}`);
    return whole.left.hash;
  } finally {
    house.close();
  }
}
