// medians.mjs FILE: lines of `name rate`; prints each name's median, lowest and highest, and how many
// times the row lock's median each durable form on PostgreSQL is.
import { readFileSync } from 'node:fs'

const all = new Map()
for (const line of readFileSync(process.argv[2], 'utf8').trim().split('\n')) {
  const [name, rate] = line.split(' ')
  if (!all.has(name)) all.set(name, [])
  all.get(name).push(Number(rate))
}
const median = (rates) => rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)]
const lock = Object.fromEntries([1, 8, 32].map((n) => [n, median(all.get(`rowlock_${n}`))]))
const best = Math.max(lock[8], lock[32])
for (const [name, rates] of all) {
  const m = median(rates)
  let line = `${name.padEnd(18)} ${String(m).padStart(8)}/s   (${Math.min(...rates)} to ${Math.max(...rates)})`
  const desk = name.match(/^pg_desk_(1|8|32)$/)
  if (desk) line += `   ${(m / lock[desk[1]]).toFixed(2)} × the row lock with ${desk[1]} clients`
  if (name.startsWith('pg_bulk')) line += `   ${(m / best).toFixed(2)} × the better row lock`
  console.log(line)
}
