// zen.mjs PACK.dmn ANSWERS: checks a second of zen-engine on the cases of ANSWERS (rules_bench wrote
// them), as JSON; exit 1 at the first verdict that is not ours, in any word of any row.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jdmOf, tablesOf } from './jdm.mjs'

// The version that bench/decision pins.
const { ZenEngine } = createRequire(
  join(dirname(fileURLToPath(import.meta.url)), '../../decision/package.json'))('@gorules/zen-engine')

const tables = tablesOf(readFileSync(process.argv[2], 'utf8'))
const cases = readFileSync(process.argv[3], 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const decision = new ZenEngine().createDecision(jdmOf(tables))

const rowsOf = (result) => tables.flatMap(({ name, outputs }) =>
  (result[name] ?? []).map((row) => [name, ...outputs.map((field) => row[field])]))

for (const { facts } of cases.slice(0, 100)) await decision.evaluate(facts)
const said = []
const started = process.hrtime.bigint()
for (const { facts } of cases) said.push((await decision.evaluate(facts)).result)
const took = Number(process.hrtime.bigint() - started)
let next = 0
const lane = async () => { while (next < cases.length) await decision.evaluate(cases[next++].facts) }
const begun = process.hrtime.bigint()
await Promise.all(Array.from({ length: 64 }, lane))
const in_flight = cases.length * 1e9 / Number(process.hrtime.bigint() - begun)
let fired = 0
cases.forEach(({ facts, refusals }, i) => {
  const theirs = rowsOf(said[i])
  fired += theirs.length
  if (JSON.stringify(theirs) === JSON.stringify(refusals)) return
  console.error(`case ${i}: ours ${JSON.stringify(refusals)}\nzen ${JSON.stringify(theirs)}\n` +
    JSON.stringify(facts))
  process.exit(1)
})
console.log(JSON.stringify({ check: cases.length * 1e9 / took, in_flight, compared: cases.length,
  fired: fired / cases.length }))
