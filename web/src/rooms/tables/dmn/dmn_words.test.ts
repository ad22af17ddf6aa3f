// Nothing of dmn-js may be left in English in a Chinese page: every string its packages hand to
// `translate`, and those they look up in lists, has its Chinese.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dmn_translate, dmn_words_zh } from "./dmn_words";

const packages = ["dmn-js-shared", "dmn-js-drd", "dmn-js-decision-table", "dmn-js-literal-expression", "dmn-js-boxed-expression", "table-js"];
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name);
    if (one.isDirectory()) return sources(path);
    return one.name.endsWith(".js") ? [readFileSync(path, "utf8")] : [];
  });
}
const text = packages.map((name) => sources(join("node_modules", name, "lib")).join("\n")).join("\n");
function found(pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((hit) => (hit[2] ?? "").replaceAll("\\'", "'")))];
}
// `HELLO {you}` is in a comment; FEEL, JUEL, Java and PMML are names.
const names = new Set(["HELLO {you}", "FEEL", "JUEL", "Java", "PMML", ""]);

describe("the Chinese of dmn-js", () => {
  const asked = found(/translate\((['"])((?:\\.|(?!\1).)+)\1/g);
  it("finds the strings to look for", () => expect(asked.length).toBeGreaterThan(120));
  it.each([
    ["handed to translate", asked],
    ["labels and explanations of lists", found(/\b(?:label|explanation): (['"])([A-Z](?:\\.|(?!\1).)+)\1/g)],
    ["titles set without asking", found(/"(?:title|aria-label)": (['"])([A-Z](?:\\.|(?!\1).)+)\1/g)],
    ["titles of drill-down buttons", found(/\btitle: (['"])([A-Z](?:\\.|(?!\1).)+)\1/g)],
    ["messages of checks", found(/return (['"])((?:Date|Time|Must|Element must|Id must)\b(?:\\.|(?!\1).)*)\1/g)],
    ["labels kept in constants", found(/_LABEL = (['"])((?:\\.|(?!\1).)+)\1/g)],
    ["headings written as text", found(/createTextVNode\((['"])([A-Z][a-z](?:\\.|(?!\1).)*)\1\)/g)],
    ["types of values", found(/(['"])((?:string|boolean|number|date|time|dateTime|dayTimeDuration|yearMonthDuration|Any))\1, ['"]/g)],
  ])("has every one of those %s", (_what, list) => {
    expect(list.filter((one) => !names.has(one) && !(one in dmn_words_zh) && !(`${one} ` in dmn_words_zh))).toEqual([]);
  });
  it("has no English in what it says", () => {
    const said = Object.values(dmn_words_zh).map((one) => one.replace(/\{ ?\w+ ?\}|T时间|T08|P1Y6M|P3DT12H|P几[\wY几M]*|P几DT几H/g, ""));
    expect(said.filter((one) => /[A-Za-z]{2,}/.test(one))).toEqual([]);
  });
  it("fills places, and leaves English alone", () => {
    const [zh, en] = [dmn_translate(() => "zh"), dmn_translate(() => "en")];
    expect(zh("Add rule")).toBe("添加一行");
    expect(en("Add rule")).toBe("Add rule");
    expect(zh("Function kind: {kind}", { kind: "FEEL" })).toBe("函数种类：FEEL");
    expect(zh("no such string")).toBe("no such string");
  });
});
