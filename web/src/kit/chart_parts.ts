// What all charts share: letters, lines and the places of legend and axes. A canvas cannot read the stylesheet.
const font =
  'system-ui, "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
export const label = { color: "#566670", fontFamily: font, fontSize: 11 };
export const base = {
  animation: false,
  textStyle: { fontFamily: font },
  grid: { left: 8, right: 14, top: 34, bottom: 4, containLabel: true },
  legend: { top: 2, left: 4, itemWidth: 12, itemHeight: 8, textStyle: { ...label, fontSize: 12 } },
};
export const split = { splitLine: { lineStyle: { color: "#e8eced" } } };
export const categories = (names: string[]) => ({
  type: "category" as const,
  data: names,
  axisLabel: label,
  axisLine: { lineStyle: { color: "#c6d0d3" } },
  axisTick: { show: false },
});
// Days as `month-day`: the year stands in the page's head.
export const day_names = (dates: string[]) => categories(dates.map((date) => date.slice(5)));
