import "vue"; // before the stubs: it looks for a real document once, when it is loaded
import { beforeAll, describe, expect, it, vi } from "vitest";

let feel: typeof import("./feel");
let words: typeof import("@/words/words");
beforeAll(async () => {
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => {} } });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  feel = await import("./feel");
  words = await import("@/words/words");
});

describe("a table's cell in words", () => {
  it.each([
    ["dpd", "-", "任意"],
    ["dpd", "[1..30]", "1 至 30"],
    ["dpd", "(30..60]", "> 30 且 ≤ 60"],
    ["dpd", "> 180", "> 180"],
    ["overdue_fen", "< 500000", "< 5,000 元"],
    ["overdue_fen", "[100..12345678]", "1 至 123,456.78 元"],
    ["promise", '"none"', "无"],
    ["flag", '"dispute", "complaint"', "异议、投诉"],
    ["flag", 'not("none")', "非 无"],
    ["account.bucket", '"M1","M2"', "M1、M2"],
    ["says_debt", "true", "是"],
    ["minute", ">= options.legal_close_minute", "≥ 规定结束时间"],
    ["minute", "< 480", "< 08:00"],
    ["holds", 'list contains(?, "plan")', "含 分期协议"],
    ["treatment", '"no such word"', "no such word"],
    ["dpd", "if x then 1 else 2", "if x then 1 else 2"],
  ])("%s %s", (expression, text, said) => expect(feel.test_words(expression, text)).toBe(said));

  it("keeps commas within strings and brackets together", () => {
    expect(feel.split_tests('"a,b", [1..2], f(1,2)')).toEqual(['"a,b"', "[1..2]", "f(1,2)"]);
  });
  it("speaks English when asked", () => {
    words.set_language("en");
    expect(feel.test_words("flag", 'not("dispute")')).toBe("not dispute");
    words.set_language("zh");
  });
});

describe("the dictionary", () => {
  it("has the same codes in both languages", async () => {
    const { codes_zh } = await import("@/words/codes_zh");
    const { codes_en } = await import("@/words/codes_en");
    for (const [name, group] of Object.entries(codes_zh)) {
      const other = (codes_en as Record<string, Record<string, string>>)[name];
      expect(Object.keys(other ?? {}).sort(), name).toEqual(Object.keys(group).sort());
    }
  });
});
