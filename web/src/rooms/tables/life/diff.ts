import type { RowDiff } from "@/api/tables";

export interface DiffCounts {
  [name: string]: number;
  changed: number;
  added: number;
  removed: number;
  moved: number;
}
export function diff_counts(rows: RowDiff[]): DiffCounts {
  const count = (kind: string): number => rows.filter((row) => row.kind === kind).length;
  const moved = rows.filter((row) => row.kind === "moved" || (row.moved && row.kind === "changed")).length;
  return { changed: count("changed"), added: count("added"), removed: count("removed"), moved };
}
export function row_tone(row: RowDiff): string {
  return ["added", "removed", "moved"].includes(row.kind) ? row.kind : "changed";
}
