import type { Finding } from "@/api/tables";
import { value_words, variable_word } from "@/rooms/tables/feel";
import { language } from "@/words/words";

export function finding_text(finding: Finding): string {
  return language.value === "zh" ? finding.message_zh : finding.message_en;
}
// The case that shows it, as an analyst would say it.
export function example_words(finding: Finding): { name: string; says: string }[] {
  return finding.example.map((one) => ({ name: variable_word(one.name), says: value_words(one.name, one.value) }));
}
const order: Record<string, number> = { error: 0, warning: 1, note: 2 };
export function by_weight(findings: Finding[]): Finding[] {
  return [...findings].sort((a, b) => (order[a.severity] ?? 3) - (order[b.severity] ?? 3) || a.row - b.row);
}
export function count_of(findings: Finding[], severity: string): number {
  return findings.filter((one) => one.severity === severity).length;
}
// Whether a row can be written for it: a case that no row takes.
export function is_gap(finding: Finding): boolean {
  return ["gap", "no_default"].includes(finding.kind) && finding.example.length > 0;
}
