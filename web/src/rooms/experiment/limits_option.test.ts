import { expect, test } from "vitest";
import { limits_option, points } from "./limits_option";

const day = { date: "2026-12-05", followed: 10, estimate: 0.0123, lower: -0.02, upper: 0.045 };
const words = { estimate: "e", lower: "l", upper: "u", margin: "m" };

test("limits are drawn in points, with the margin on both sides", () => {
  const option = limits_option([day], 150, words) as { series: { data: number[] }[] };
  expect(option.series.map((one) => one.data[0])).toEqual([1.23, -2, 4.5, 1.5, -1.5]);
  expect(points(day.estimate)).toBe("1.23");
});
