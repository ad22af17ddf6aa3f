// bench/gate/rules/run [ROUNDS] [CASES]: the rule part of the gate alone, beside @gorules/zen-engine
// (npm, as bench/decision pins it) on the same packs and cases, in turns; every verdict is compared
// in full, a difference fails. Ours on one core; zen a call at a time, and with 64 in flight.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url)), root = join(here, '../../..')
const rounds = Number(process.argv[2] ?? 5), count = Number(process.argv[3] ?? 5000)
const quiet = { stdio: ['ignore', 'ignore', 'inherit'] }
const bench = process.env.RULES_BENCH ?? join(root, 'build/release/rules_bench')
if (!existsSync(bench)) {
  execFileSync('cmake', ['--preset', 'release', '-Wno-dev'], { cwd: root, ...quiet })
  execFileSync('cmake', ['--build', 'build/release', '--target', 'rules_bench'], { cwd: root, ...quiet })
}
const decision = join(root, 'bench/decision')
if (!existsSync(join(decision, 'node_modules/@gorules/zen-engine'))) {
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: decision, ...quiet })
}
// As root, before what else the machine does, both alike (as bench/gate/run); PRIORITY=no: not.
const first = process.getuid() === 0 && process.env.PRIORITY !== 'no' ? ['chrt', '--rr', '1'] : []
const run = (...words) => {
  const all = [...first, ...words]
  return execFileSync(all[0], all.slice(1), { encoding: 'utf8', maxBuffer: 1 << 28 })
}
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]
const folder = mkdtempSync(join(tmpdir(), 'evenhand-rules-'))
try {
  console.log(`load ${loadavg()[0].toFixed(1)}; ${rounds} rounds, ${count} cases compared in each`)
  for (const pack of ['cn-bank-card', 'cn-online-credit']) {
    const file = join(root, `decisions/packs/${pack}.dmn`), answers = join(folder, pack)
    run(bench, file, '--answers', answers, String(count))
    const ours = [], zen = []
    for (let i = 0; i < rounds; ++i) {
      ours.push(JSON.parse(run(bench, file)))
      zen.push(JSON.parse(run(process.execPath, join(here, 'zen.mjs'), file, answers)))
    }
    const of = (all, key) => median(all.map((one) => one[key]))
    const check = of(ours, 'check'), theirs = of(zen, 'check'), flight = of(zen, 'in_flight')
    console.log(`${pack}: ${Math.round(check)} checks/s (${(1e6 / check).toFixed(2)} µs), with every word ` +
      `copied ${Math.round(of(ours, 'refusals'))}, by our interpreter ${Math.round(of(ours, 'interpreted'))}; ` +
      `zen ${Math.round(theirs)}, 64 in flight ${Math.round(flight)}; ` +
      `${(check / Math.max(theirs, flight)).toFixed(0)} × the better zen; ` +
      `${zen[0].compared * rounds} verdicts the same, ${zen[0].fired.toFixed(2)} rows each; ` +
      `${ours[0].compiled} of ${ours[0].tables} tables compiled`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
