// What the chart of the limits draws, in points of a hundred; pure, so that picture and table agree.
import type { EChartsCoreOption } from "echarts/core";
import type { DayLine } from "@/api/experiment";
import { base, day_names, label, split } from "@/kit/chart_parts";

export const points = (value: number): string => (value * 100).toFixed(2);

export interface LimitWords {
  estimate: string;
  lower: string;
  upper: string;
  margin: string;
}

export function limits_option(days: DayLine[], margin_bps: number, words: LimitWords): EChartsCoreOption {
  const line = (name: string, color: string, data: number[], width: number, type = "solid") => ({
    name,
    type: "line",
    data,
    showSymbol: days.length < 40,
    symbolSize: 5,
    lineStyle: { width, color, type },
    itemStyle: { color },
  });
  const of = (pick: (day: DayLine) => number) => days.map((day) => Number(points(pick(day))));
  const margin = (sign: number) => ({ ...line(words.margin, "#9fb0b6", days.map(() => (sign * margin_bps) / 100), 1, "dashed"), showSymbol: false });
  const axis = day_names(days.map((day) => day.date));
  return {
    ...base,
    tooltip: { trigger: "axis", confine: true },
    xAxis: { ...axis, axisLine: { ...axis.axisLine, onZero: false } },
    yAxis: { type: "value", axisLabel: label, ...split },
    series: [
      line(words.estimate, "#0f6b5c", of((day) => day.estimate), 2),
      line(words.lower, "#b4572d", of((day) => day.lower), 1.5),
      line(words.upper, "#b4572d", of((day) => day.upper), 1.5),
      margin(1),
      margin(-1),
    ],
  };
}
