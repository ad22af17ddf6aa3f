import "vue"; // before the stubs: it looks for a real document once, when it is loaded
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, it, vi } from "vitest";

let pack_words: typeof import("./pack_words");
beforeAll(async () => {
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => {} } });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  pack_words = await import("./pack_words");
});

// As the shipped packs have them.
const packs = readdirSync("../decisions/packs").filter((name) => name.endsWith(".dmn"));
const xml_of = (name: string) => readFileSync(`../decisions/packs/${name}`, "utf8");
function options_of(name: string) {
  const entry = /<description>([^<]*)<\/description><variable [^>]*name="(\w+)"[^>]*\/><literalExpression [^>]*><text>([^<]*)<\/text>/g;
  return [...xml_of(name).matchAll(entry)].map(([, meaning = "", option = "", value = ""]) => ({
    name: option, meaning: meaning.replaceAll("&quot;", '"'), value: value.replaceAll(/&quot;|"/g, ""), disputed: meaning.includes("各来源不一"),
  }));
}

it("says every option of a Chinese pack in words or with a unit", () => {
  for (const file of packs.filter((name) => name.startsWith("cn-"))) {
    const options = options_of(file);
    expect(options.length, file).toBeGreaterThan(10);
    for (const one of options) expect(pack_words.option_words(one), `${file} ${one.name}`).toMatch(/[次天人]$|分钟|\d\d:\d\d|[\u4e00-\u9fff]/);
  }
});

it("tells the sources of a disputed option apart, in words and without the table's spelling", () => {
  const options = options_of("cn-bank-card.dmn");
  const of = (name: string) => options.find((one) => one.name === name)!;
  const closing = pack_words.meaning_parts(of("close_minute"));
  expect(closing.says).toBe("机构选项：结束时间，默认21:00从严，可改为22:00");
  expect(closing.sources).toHaveLength(2);
  expect(closing.sources[0]).toMatch(/^22:00至次日8:00见GB\/T 45251-2025/);
  expect(closing.sources[1]).toMatch(/^21:00常被归于.*自律公约/);
  expect(pack_words.option_words(of("attempts_rule"))).toBe("拒绝");
  expect(pack_words.other_choices(of("attempts_rule"))).toEqual(["提示"]);
  for (const one of options.filter((option) => option.disputed)) {
    const parts = pack_words.meaning_parts(one);
    expect(parts.sources.length, one.name).toBeGreaterThan(0);
    expect(parts.says + parts.sources.join("") + parts.choices, one.name).not.toMatch(/"\w+"|各来源不一/);
  }
  expect(pack_words.meaning_parts(of("visitors_min")).sources).toEqual([]);
});

it("puts the option's value beside its name in a condition", () => {
  const options = options_of("cn-bank-card.dmn");
  const says = (input: string, test: string) => pack_words.condition_words(input, test, options);
  expect(says("calls_today", ">= options.cap_calls_day")).toBe("≥ 每人每日有效通话上限（3 次）");
  expect(says("minute", "[options.close_minute..options.legal_close_minute)")).toBe("≥ 结束时间（21:00） 且 < 规定结束时间（22:00）");
  expect(says("channel", 'not("letter")')).toBe("非 信函");
  expect(says("certified", "not(true)")).toBe("否或未知");
  expect(says("holds", 'list contains(?, "limitation") and list contains(?, "cease")')).toBe("含 时效已过且要求停止联系");
});

it("has words for the code of every refusal of the shipped packs", async () => {
  const { refusals_zh } = await import("@/words/refusals");
  const codes = packs.flatMap((name) => [...xml_of(name).matchAll(/_code"><text>(?:&quot;|")([A-Z0-9_]+)/g)].map((match) => match[1]!));
  expect(new Set(codes).size).toBeGreaterThan(60);
  expect([...new Set(codes)].filter((one) => !(one in refusals_zh))).toEqual([]);
});
