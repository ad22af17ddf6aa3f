// The chart of refusals: bars of a day, stacked by rule.
import type { EChartsCoreOption } from "echarts/core";
import { base, day_names, label, split } from "@/kit/chart_parts";

const colours = ["#0b6455", "#c4543f", "#3f6fa3", "#b98a2f", "#7a5195", "#4f8f5b", "#a0526d", "#9fb0b6"];

export function refusals_option(
  days: string[],
  series: { name: string; data: number[] }[],
): EChartsCoreOption {
  return {
    ...base,
    color: colours,
    legend: { ...base.legend, type: "scroll" },
    tooltip: { trigger: "axis", confine: true },
    xAxis: day_names(days),
    yAxis: { type: "value", minInterval: 1, axisLabel: label, ...split },
    series: series.map((one) => ({ name: one.name, type: "bar", stack: "refused", barMaxWidth: 46, data: one.data })),
  };
}
