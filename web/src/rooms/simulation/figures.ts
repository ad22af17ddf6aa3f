// Figures of the summary: which there are, and how each is written.
import { group, yuan } from "@/kit/format";
import type { Key } from "@/words/words";
import type { Report, Totals } from "./shapes";

export interface Figure {
  title: Key;
  of: (totals: Totals) => number;
  show: (value: number) => string;
  many?: boolean; // only where more than one night was run
}

// Thousandths, three places: 1.234.
export function thousandths(value: number): string {
  return `${group(Math.floor(value / 1000))}.${String(value % 1000).padStart(3, "0")}`;
}

export const figures: Figure[] = [
  { title: "sim.attempts", of: (one) => one.attempts, show: group },
  { title: "sim.contacts", of: (one) => one.contacts, show: group },
  { title: "sim.held_back", of: (one) => one.held_back, show: group },
  { title: "sim.spent", of: (one) => one.spent_fen, show: yuan },
  { title: "sim.expected", of: (one) => one.expected_fen, show: yuan },
  { title: "sim.paid", of: (one) => one.paid_fen, show: yuan },
  { title: "sim.due_paid", of: (one) => one.due_paid_fen, show: yuan },
  { title: "sim.complaints", of: (one) => one.complaints_milli, show: thousandths },
  { title: "sim.promises_made", of: (one) => one.promises_made, show: group },
  { title: "sim.promises_kept", of: (one) => one.promises_kept, show: group, many: true },
  { title: "sim.promises_broken", of: (one) => one.promises_broken, show: group, many: true },
  { title: "sim.lost", of: (one) => one.lost, show: group, many: true },
  { title: "sim.hardships", of: (one) => one.hardships, show: group, many: true },
  { title: "sim.overdue_accounts_end", of: (one) => one.overdue_accounts_end, show: group, many: true },
  { title: "sim.overdue_end", of: (one) => one.overdue_end_fen, show: yuan, many: true },
  { title: "sim.charged", of: (one) => one.charged_fen, show: yuan, many: true },
];

export function figures_of(report: Report): Figure[] {
  return figures.filter((one) => !one.many || report.nights > 1);
}

export function difference(today: number, draft: number, show: (value: number) => string): string {
  if (today === draft) return "—";
  return `${draft > today ? "+" : "−"}${show(Math.abs(draft - today))}`;
}
