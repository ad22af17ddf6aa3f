// What the charts draw; pure, so that the figures in the picture and in the table agree.
import type { EChartsCoreOption } from "echarts/core";
import { base, categories, label, split } from "@/kit/chart_parts";
import { group, yuan_short } from "@/kit/format";
import type { Report } from "./shapes";

const colours = { today: "#7d8f98", draft: "#0b6455", third: "#e0b354" };

export interface Series {
  name: string;
  colour: keyof typeof colours;
  data: number[];
}

export function bars_option(names: string[], series: Series[]): EChartsCoreOption {
  return {
    ...base,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value: unknown) => group(Number(value)) },
    xAxis: categories(names),
    yAxis: { type: "value", axisLabel: { ...label, formatter: (value: number) => group(value) }, ...split },
    series: series.map((one) => ({
      name: one.name,
      type: "bar",
      barMaxWidth: 26,
      itemStyle: { color: colours[one.colour] },
      data: one.data,
    })),
  };
}

export function lines_option(
  days: string[],
  series: Series[],
  show: (value: number) => string,
): EChartsCoreOption {
  return {
    ...base,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value: unknown) => show(Number(value)) },
    xAxis: categories(days),
    yAxis: { type: "value", scale: true, axisLabel: { ...label, formatter: show }, ...split },
    series: series.map((one) => ({
      name: one.name,
      type: "line",
      data: one.data,
      symbolSize: 5,
      showSymbol: days.length < 40,
      lineStyle: { width: 2, color: colours[one.colour], type: one.colour === "today" ? "dashed" : "solid" },
      itemStyle: { color: colours[one.colour] },
    })),
  };
}

// Sums up to and with each day.
export function so_far(values: number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

export const short_yuan = (language: string) => (fen: number) => yuan_short(fen, language);

export function days_of(report: Report): string[] {
  return report.days.map((day) => day.date.slice(5));
}
