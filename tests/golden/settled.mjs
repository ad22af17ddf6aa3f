// Reads a JSON report and prints it without what no two runs share: how long it took, where it was.
import { readFileSync } from 'node:fs';

const UNSETTLED = /^(wall_ms|rows_per_s|started_at|finished_at|elapsed_ms|batch_id|reject_file|threads|bytes_per_s)$/;

function settle(value) {
  if (Array.isArray(value)) return value.map(settle);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value)
    .filter(([key]) => !UNSETTLED.test(key))
    .map(([key, inner]) => [key, settle(inner)]));
}
console.log(JSON.stringify(settle(JSON.parse(readFileSync(0, 'utf8'))), null, 1));
