// What the two charts draw; pure, so that the figures in the picture and in the table agree.
import type { EChartsCoreOption } from "echarts/core";
import type { HistoryDay } from "@/api/types";
import { base, day_names, label, split } from "@/kit/chart_parts";
import { bucket_colours } from "@/kit/colours";
import { yuan_short } from "@/kit/format";

const days = (history: HistoryDay[]) => day_names(history.map((day) => day.date));

export function balances_option(
  history: HistoryDay[],
  buckets: string[],
  language: string,
): EChartsCoreOption {
  const short = (fen: number) => yuan_short(fen, language);
  return {
    ...base,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value: unknown) => short(Number(value)) },
    xAxis: days(history),
    yAxis: { type: "value", axisLabel: { ...label, formatter: short }, ...split },
    series: buckets.map((bucket) => ({
      name: bucket,
      type: "bar",
      stack: "balance",
      barMaxWidth: 46,
      itemStyle: { color: bucket_colours[bucket] ?? "#9fb0b6" },
      data: history.map((day) => day.buckets.find((one) => one.bucket === bucket)?.balance_fen ?? 0),
    })),
  };
}

export function rates_option(history: HistoryDay[], entry: string, recovery: string): EChartsCoreOption {
  const line = (name: string, color: string, data: number[]) => ({
    name,
    type: "line",
    data,
    symbolSize: 6,
    showSymbol: history.length < 40,
    lineStyle: { width: 2, color },
    itemStyle: { color },
  });
  return {
    ...base,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value: unknown) => `${Number(value).toFixed(2)}%` },
    xAxis: days(history),
    yAxis: { type: "value", axisLabel: { ...label, formatter: "{value}%" }, ...split },
    series: [
      line(entry, "#c4543f", history.map((day) => day.entry_rate_bps / 100)),
      line(recovery, "#0b6455", history.map((day) => day.recovery_rate_bps / 100)),
    ],
  };
}
