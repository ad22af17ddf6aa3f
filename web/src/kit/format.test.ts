import { describe, expect, it } from "vitest";
import * as f from "./format";

describe("yuan", () => {
  it.each([
    [0, "0.00"],
    [5, "0.05"],
    [123456789, "1,234,567.89"],
    [-100, "−1.00"],
    [100000000000001, "1,000,000,000,000.01"],
  ])("%d fen is %s", (fen, text) => expect(f.yuan(fen)).toBe(text));
  it("has a dash for nothing", () => expect(f.yuan(undefined)).toBe("—"));
});

describe("parse_yuan", () => {
  it.each([
    ["0.29", 29],
    ["1,234.5", 123450],
    ["￥ 88", 8800],
    ["1.005", undefined],
    ["-3", undefined],
    ["", undefined],
  ])("%s", (text, fen) => expect(f.parse_yuan(text)).toBe(fen));
});

describe("times", () => {
  it("are China's whatever the browser's zone", () => {
    expect(f.clock_of("2026-11-21T23:30:00Z")).toBe("07:30");
    expect(f.date_of("2026-11-21T23:30:00Z")).toBe("2026-11-22");
    expect(f.moment("2026-11-22T10:05:00+08:00", "2026-11-22")).toBe("10:05");
    expect(f.moment("2026-11-20T10:05:00+08:00", "2026-11-22")).toBe("11-20 10:05");
    expect(f.moment("", "2026-11-22")).toBe("—");
  });
  it("count down", () => {
    expect(f.duration(65_000)).toBe("01:05");
    expect(f.duration(3_665_000)).toBe("1:01:05");
    expect(f.duration(-5)).toBe("00:00");
    expect(f.wall(42)).toBe("42 ms");
    expect(f.wall(1234)).toBe("1.23 s");
  });
  it("add days over a month's end", () => expect(f.add_days("2026-12-31", 1)).toBe("2027-01-01"));
  it("lie on the day's beam", () => expect(f.share_of_day("12:00")).toBe(0.5));
});

describe("short amounts", () => {
  it("use the language's own steps", () => {
    expect(f.yuan_short(12_345_678_900, "zh")).toBe("1.23 亿");
    expect(f.yuan_short(1_234_567_00, "zh")).toBe("123.5 万");
    expect(f.yuan_short(1_234_567_00, "en")).toBe("1.23M");
    expect(f.yuan_short(99_00, "zh")).toBe("99");
    expect(f.yuan_short(31_245_678_00, "zh")).toBe("3,124.6 万");
    expect(f.yuan_short(80_000_000_00, "zh")).toBe("8,000 万");
  });
  it("percent from basis points", () => expect(f.percent(1234)).toBe("12.34%"));
});
