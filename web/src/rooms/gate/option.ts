// The chart of refusals: bars of a day, stacked by rule.
import type { EChartsCoreOption } from "echarts/core";

const font =
  'system-ui, "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const label = { color: "#566670", fontFamily: font, fontSize: 11 };
const colours = ["#0b6455", "#c4543f", "#3f6fa3", "#b98a2f", "#7a5195", "#4f8f5b", "#a0526d", "#9fb0b6"];

export function refusals_option(
  days: string[],
  series: { name: string; data: number[] }[],
): EChartsCoreOption {
  return {
    animation: false,
    color: colours,
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 14, top: 34, bottom: 4, containLabel: true },
    legend: { type: "scroll", top: 2, left: 4, itemWidth: 12, itemHeight: 8, textStyle: { ...label, fontSize: 12 } },
    tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "category", data: days.map((day) => day.slice(5)), axisLabel: label, axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, axisLabel: label, splitLine: { lineStyle: { color: "#e8eced" } } },
    series: series.map((one) => ({ name: one.name, type: "bar", stack: "refused", barMaxWidth: 46, data: one.data })),
  };
}
