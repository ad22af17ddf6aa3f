// The chain of decisions as a reader follows it: one line a file, what it came to first, and the
// steps behind it on demand.
import type { FiredRow } from "@/api/types";

export interface WhyGroup {
  file: string;
  main?: FiredRow; // what the file came to; none where that is told of the account instead
  steps: FiredRow[];
}

const order = ["treatment", "risk_grade", "scorecard", "bucket", "priority", "expected_net", "allocation"];
// The scorecard is many small tables, and the expected net two amounts and their difference.
const told_of_account = ["scorecard", "expected_net"];
export const stem = (file: string) => file.replace(/\.dmn$/, "").split(/[/~]/).pop() ?? file;

export function group_decisions(rows: FiredRow[]): WhyGroup[] {
  const groups = new Map<string, FiredRow[]>();
  for (const row of rows) groups.set(row.file, [...(groups.get(row.file) ?? []), row]);
  const place = (file: string) => (order.indexOf(stem(file)) + order.length + 1) % (order.length + 1);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([file, steps]) => ({
      file,
      main: told_of_account.includes(stem(file)) ? undefined : steps[steps.length - 1],
      steps,
    }));
}
