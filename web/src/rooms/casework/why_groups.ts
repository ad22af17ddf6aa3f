// The chain of decisions as a reader follows it: one line a file, what it came to first, and the
// steps behind it on demand.
import type { FiredRow } from "@/api/types";

export interface WhyGroup {
  file: string;
  main?: FiredRow; // what the file came to; none for the scorecard, which is many small tables
  steps: FiredRow[];
}

const order = ["treatment", "risk_grade", "scorecard", "bucket", "priority", "allocation"];
const stem = (file: string) => file.replace(/\.dmn$/, "").split(/[/~]/).pop() ?? file;

export function group_decisions(rows: FiredRow[]): WhyGroup[] {
  const groups = new Map<string, FiredRow[]>();
  for (const row of rows) groups.set(row.file, [...(groups.get(row.file) ?? []), row]);
  const place = (file: string) => (order.indexOf(stem(file)) + order.length + 1) % (order.length + 1);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([file, steps]) => ({
      file,
      main: stem(file) === "scorecard" ? undefined : steps[steps.length - 1],
      steps,
    }));
}
