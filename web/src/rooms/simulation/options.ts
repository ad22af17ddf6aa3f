// What the charts draw; pure, so that the figures in the picture and in the table agree.
import type { EChartsCoreOption } from "echarts/core";
import { group, yuan_short } from "@/kit/format";
import type { Report } from "./shapes";

const font =
  'system-ui, "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const label = { color: "#566670", fontFamily: font, fontSize: 11 };
const base = {
  animation: false,
  textStyle: { fontFamily: font },
  grid: { left: 8, right: 14, top: 34, bottom: 4, containLabel: true },
  legend: { top: 2, left: 4, itemWidth: 12, itemHeight: 8, textStyle: { ...label, fontSize: 12 } },
};
const split = { splitLine: { lineStyle: { color: "#e8eced" } } };
const colours = { today: "#7d8f98", draft: "#0b6455", third: "#e0b354" };
const categories = (names: string[]) => ({
  type: "category" as const,
  data: names,
  axisLabel: label,
  axisLine: { lineStyle: { color: "#c6d0d3" } },
  axisTick: { show: false },
});

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
