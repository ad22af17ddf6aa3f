// count_results.mjs ctest JUNIT.xml GTEST_FOLDER | vitest RESULT.json: prints "passed failed skipped".
// Cases are counted, not programs: a GoogleTest program counts by its own report, any other ctest
// entry as one, and a program that died without a report as one failure.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const [kind, file, folder] = process.argv.slice(2);
let [passed, failed, skipped] = [0, 0, 0];

function countGtest(report) {
  for (const suite of report.testsuites) {
    for (const test of suite.testsuite) {
      if (test.status === 'NOTRUN' || test.result === 'SKIPPED') skipped++;
      else if (test.failures?.length) failed++;
      else passed++;
    }
  }
}

if (kind === 'ctest') {
  const reports = existsSync(folder) ? readdirSync(folder).filter((n) => n.endsWith('.json')) : [];
  for (const [, name, status] of readFileSync(file, 'utf8')
    .matchAll(/<testcase name="([^"]+)"[^>]*status="(\w+)"/g)) {
    const own = reports.filter((n) => n === `${name}.json` || n.startsWith(`${name}_`) &&
      /^\d+\.json$/.test(n.slice(name.length + 1)));
    const before = failed;
    for (const report of own) countGtest(JSON.parse(readFileSync(join(folder, report), 'utf8')));
    if ((status === 'fail' || status === 'notrun') && failed === before) failed++;
    else if (own.length === 0 && status === 'run') passed++;
    else if (own.length === 0) skipped++;
  }
} else {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed = report.numPassedTests;
  failed = report.numFailedTests;
  skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  if (!report.success && failed === 0) failed = 1;
}
console.log(passed, failed, skipped);
