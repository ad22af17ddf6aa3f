import { expect, test } from "vitest";
import { by_day, by_rule, clock, type RefusalReport } from "./shapes";

const report = {
  from: "2026-11-19",
  to: "2026-11-20",
  days: [
    { date: "2026-11-19", granted: 3, refused: 2 },
    { date: "2026-11-20", granted: 0, refused: 4 },
  ],
  rules: [
    { date: "2026-11-19", code: "CN_HOURS", refusals: 2 },
    { date: "2026-11-20", code: "CN_HOURS", refusals: 1 },
    { date: "2026-11-20", code: "CN_CALLS_3", refusals: 4 },
    { date: "2026-11-20", code: "CN_CEASE", refusals: 1 },
  ],
  channels: [],
  askers: [],
} as unknown as RefusalReport;

test("rules by how often they refused", () => {
  expect(by_rule(report).map((one) => [one.code, one.refusals])).toEqual([
    ["CN_CALLS_3", 4],
    ["CN_HOURS", 3],
    ["CN_CEASE", 1],
  ]);
});

test("each day has a figure for each rule, the rest together", () => {
  expect(by_day(report, 2, "others")).toEqual({
    days: ["2026-11-19", "2026-11-20"],
    series: [
      { name: "CN_CALLS_3", data: [0, 4] },
      { name: "CN_HOURS", data: [2, 1] },
      { name: "others", data: [0, 1] },
    ],
  });
});

test("minutes of the day as a clock", () => {
  expect([clock(0), clock(480), clock(1320)]).toEqual(["00:00", "08:00", "22:00"]);
});
