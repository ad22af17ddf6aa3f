// What the server says of the gate as a whole, as the routes declare it.
import type { components } from "@/api/schema";

type S = components["schemas"];
export type AsIfAnswer = S["AsIfAnswer"];
export type RefusalReport = S["RefusalReport"];
export type CapsToday = S["CapsToday"];
export type Named = S["Named"];
export type PacksShown = S["PacksShown"];
export type PackRule = S["PackRule"];

// Rows that have the text somewhere, by table, in the tables' order.
export function rows_by_table(rows: PackRule[], text: string): { name: string; rows: PackRule[] }[] {
  const wanted = text.trim().toLowerCase();
  const tables = new Map<string, PackRule[]>();
  for (const row of rows) {
    const all = `${row.code} ${row.rule_id} ${row.reason_zh} ${row.reason_en} ${row.citation}`.toLowerCase();
    if (!all.includes(wanted)) continue;
    tables.set(row.table, [...(tables.get(row.table) ?? []), row]);
  }
  return [...tables].map(([name, found]) => ({ name, rows: found }));
}

// Refusals of each rule over the whole period, most first.
export function by_rule(report: RefusalReport): { code: string; refusals: number }[] {
  const sums = new Map<string, number>();
  for (const one of report.rules) sums.set(one.code, (sums.get(one.code) ?? 0) + one.refusals);
  return [...sums].map(([code, refusals]) => ({ code, refusals })).sort((a, b) => b.refusals - a.refusals);
}

// For the chart: a row of figures a day for each of the rules that refused most; the rest together.
export function by_day(report: RefusalReport, most: number, others: string) {
  const top = by_rule(report).slice(0, most).map((one) => one.code);
  const place = new Map(report.days.map((day, at) => [day.date, at]));
  const series = new Map<string, number[]>();
  for (const one of report.rules) {
    const name = top.includes(one.code) ? one.code : others;
    const data = series.get(name) ?? report.days.map(() => 0);
    const at = place.get(one.date) ?? 0;
    data[at] = (data[at] ?? 0) + one.refusals;
    series.set(name, data);
  }
  const order = [...top, others].filter((name) => series.has(name));
  return { days: report.days.map((day) => day.date), series: order.map((name) => ({ name, data: series.get(name)! })) };
}

export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
