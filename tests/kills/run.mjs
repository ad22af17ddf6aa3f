// What is tried to break a night: it is killed, its disk fails, and it must be the same in the end;
// payments arrive all through it, and none may wait for it.
//   tests/kills/run.mjs [--long] [--accounts N] [--instants N] [--store sqlite|postgres] [--seed N] [PART…]
// EVENHAND, EVENHAND_TEST_POSTGRES as for the stories. Parts: kills faults payments nodes.
import { faultRuns, fullDisk, lostConnections } from './faults.mjs';
import { killRuns } from './kills.mjs';
import { must, random } from './house.mjs';
import { nodeRuns } from './nodes.mjs';
import { paymentRuns } from './payments.mjs';

const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const flag = (name) => args.includes(`--${name}`) && args.splice(args.indexOf(`--${name}`), 1).length > 0;
const LONG = flag('long');
const seed = Number(option('seed', Date.now() % 1_000_000));
const accounts = Number(option('accounts', LONG ? 100_000 : 2_000));
const instants = Number(option('instants', LONG ? 100 : 6));
const only = option('store', null);
const parts = args.length > 0 ? args : ['kills', 'faults', 'payments', 'nodes'];
const stores = ['sqlite', 'postgres'].filter((name) => (only ? name === only : name === 'sqlite' || process.env.EVENHAND_TEST_POSTGRES));

let [passed, failed, skipped] = [0, 0, 0];
const say = (line) => console.log(line);
async function check(name, act) {
  const begun = performance.now();
  try {
    const said = await act();
    passed++;
    say(`ok      ${name}${said ? `: ${said}` : ''} [${((performance.now() - begun) / 1000).toFixed(1)} s]`);
    return true;
  } catch (error) {
    failed++;
    say(`FAILED  ${name}\n        ${error.stack.split('\n').join('\n        ')}`);
    return false;
  }
}

function skip(why) {
  skipped++;
  say(`skipped ${why}`);
}

// A part that cannot go on is one failure more, and the other parts run.
async function whole(name, act) {
  try {
    return await act();
  } catch (error) {
    failed++;
    say(`FAILED  ${name}\n        ${error.stack.split('\n').join('\n        ')}`);
    return null;
  }
}

say(`seed ${seed}`);
if (parts.includes('kills')) {
  const hashes = [];
  for (const store of stores) {
    const rand = random(seed + stores.indexOf(store));
    hashes.push(await whole(`${store}: kills`, () => killRuns({ store, accounts, instants, thorough: LONG, rand, check, say })));
  }
  if (hashes.length === 2 && hashes[0] && hashes[1])
    await check('both stores: the same book and the same facts', () => {
      must(hashes[0].book === hashes[1].book, 'the books differ');
      must(hashes[0].told === hashes[1].told, 'the facts differ');
    });
}
if (parts.includes('faults')) {
  const rand = random(seed + 7), small = Math.min(accounts, 20_000), n = LONG ? 90 : 9;
  for (const store of stores)
    await whole(`${store}: faults`, () => faultRuns({ store, accounts: small, faults: store === 'sqlite' ? n : n / 3, rand, check }));
  await whole('sqlite: a full disk', () => fullDisk({ store: 'sqlite', accounts: small, fills: LONG ? 20 : 3, check, skip }));
  if (stores.includes('postgres'))
    await whole('postgres: connections', () => lostConnections({ accounts: small, cuts: LONG ? 30 : 4, rand, check }));
}
if (parts.includes('payments'))
  for (const store of stores)
    await whole(`${store}: payments`, () => paymentRuns({ store, accounts, check,
      ...(LONG ? { rate: 500, calm_s: 20, nights: 6, limit: 3 } : { rate: 100, calm_s: 2, nights: 2 }) }));
if (parts.includes('nodes')) {
  if (!stores.includes('postgres')) skip('nodes: no PostgreSQL');
  else
    await whole('nodes', () => nodeRuns({ accounts, check, say, rand: random(seed + 11), workers: 4,
      ...(LONG ? { blockRows: 4_096, runs: 30 } : { blockRows: 128, runs: 3 }) }));
}
say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
