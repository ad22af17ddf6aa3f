import "vue"; // before the stubs: it looks for a real document once, when it is loaded
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Finding, RowDiff } from "@/api/tables";
import { Marks, row_for } from "./dmn/marks";
import { after_import, before_import, before_save, lost } from "./dmn/prepare";
import { floors } from "./dmn/drd_layout";
import type { Moddle, Sheet } from "./dmn/types";
import { parse_csv, render_csv } from "./editor/csv";
import { diff_counts, row_tone } from "./life/diff";

let findings: typeof import("./editor/findings");
beforeAll(async () => {
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => {} } });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  findings = await import("./editor/findings");
});

const finding = (about: Partial<Finding>): Finding => ({
  kind: "gap", severity: "error", decision: "d", row: 0, other_row: 0, column: "", message_zh: "没有一行接住", message_en: "no row", example: [], ...about,
});
const column = (about: Partial<Moddle>) => ({ id: about.id ?? "c", businessObject: about as Moddle });
const input = (expression: string, label?: string) => column({ id: expression, label, inputExpression: { text: expression } as Moddle });

describe("findings in the cells", () => {
  const marks = new Marks();
  marks.set(
    [
      finding({ kind: "type_error", row: 3, column: "dpd", message_zh: "不是数字" }),
      finding({ kind: "overlap", severity: "warning", row: 2, other_row: 5, message_zh: "与第 5 行重叠" }),
      finding({ kind: "unused_input", severity: "note", row: 3, column: "grade", message_zh: "没用到" }),
    ],
    (one) => one.message_zh,
  );
  it("mark the cell whose column is meant, by expression or label", () => {
    expect(marks.cell(2, input("dpd"))).toEqual({ severity: "error", says: "不是数字" });
    expect(marks.cell(2, input("days", "dpd"))?.severity).toBe("error");
    expect(marks.cell(2, input("overdue_fen"))).toBeUndefined();
    expect(marks.cell(3, input("dpd"))).toBeUndefined();
  });
  it("mark both rows of a pair, with the gravest of several", () => {
    expect(marks.row(1)?.severity).toBe("warning");
    expect(marks.row(4)?.says).toBe("与第 5 行重叠");
    expect(marks.row(2)?.severity).toBe("error");
    expect(marks.row(0)).toBeUndefined();
  });
  it("change the stamp that rows compare", () => {
    const before = marks.stamp;
    marks.set([], (one) => one.message_en);
    expect(marks.stamp).toBeGreaterThan(before);
    expect(marks.row(2)).toBeUndefined();
  });
});

describe("a row for a gap", () => {
  it("has the example in its inputs, any where the example is silent, and no outputs", () => {
    const sheet = {
      getRoot: () => ({ id: "t", rows: [], cols: [input("dpd"), input("bucket"), input("grade"), column({ name: "treatment" })], businessObject: {} as Moddle }),
    } satisfies Sheet;
    const gap = finding({ example: [{ name: "dpd", value: "31" }, { name: "bucket", value: '"M2"' }] });
    expect(row_for(gap, sheet)).toEqual(["31", '"M2"', "-", ""]);
    expect(findings.is_gap(gap)).toBe(true);
    expect(findings.is_gap(finding({ kind: "overlap", example: gap.example }))).toBe(false);
  });
  it("is said in words, gravest first", () => {
    const list = findings.by_weight([finding({ severity: "note" }), finding({ severity: "error", row: 9 }), finding({ severity: "error", row: 1 })]);
    expect(list.map((one) => `${one.severity}${one.row}`)).toEqual(["error1", "error9", "note0"]);
    expect(findings.example_words(finding({ example: [{ name: "overdue_fen", value: "500000" }] }))[0]?.says).toBe("5,000 元");
  });
});

describe("test cases as CSV", () => {
  it.each([
    ["a,b\n1,2\n", { head: ["a", "b"], rows: [["1", "2"]] }],
    ['a,b\r\n"x, ""y""","l1\nl2"\r\n', { head: ["a", "b"], rows: [['x, "y"', "l1\nl2"]] }],
    ["a,b\n1\n", { head: ["a", "b"], rows: [["1", ""]] }],
    ["", { head: [], rows: [] }],
  ])("%j", (text, grid) => expect(parse_csv(text)).toEqual(grid));
  it("comes out as it went in", () => {
    const text = 'case,decision,status,expect_channel\n"closed, paid",treatment,closed,"""none"""\n';
    expect(render_csv(parse_csv(text))).toBe(text);
  });
});

describe("a difference", () => {
  const row = (about: Partial<RowDiff>): RowDiff => ({ kind: "changed", from_row: 1, to_row: 1, moved: false, rule_id: "", cells: [], zh: "", en: "", ...about });
  it("is counted and coloured by kind", () => {
    const rows = [row({}), row({ moved: true }), row({ kind: "added" }), row({ kind: "removed" }), row({ kind: "moved" })];
    expect(diff_counts(rows)).toEqual({ changed: 2, added: 1, removed: 1, moved: 2 });
    expect(rows.map(row_tone)).toEqual(["changed", "changed", "added", "removed", "moved"]);
  });
});

describe("a .dmn on its way into dmn-js and out", async () => {
  const { DmnModdle } = await import("dmn-moddle");
  const folder = "../decisions";
  const files = ["", "packs/"].flatMap((under) => readdirSync(`${folder}/${under}`).filter((name) => name.endsWith(".dmn")).map((name) => under + name));
  const count = (text: string, what: RegExp) => (text.match(what) ?? []).length;
  it.each(files)("%s loses nothing", async (name) => {
    const before = readFileSync(`${folder}/${name}`, "utf8");
    const moddle = new DmnModdle();
    const { rootElement, warnings } = await moddle.fromXML(before_import(before), "dmn:Definitions");
    expect(lost(warnings)).toEqual([]);
    after_import(rootElement, () => {});
    const { xml } = await moddle.toXML(rootElement, { format: true });
    const after = before_save(xml);
    for (const what of [/<rule\b/g, /<inputEntry\b/g, /<outputEntry\b/g, /<annotationEntry\b/g, /<decision\b/g, /<inputData\b/g, /<informationRequirement\b/g, /<businessKnowledgeModel\b/g]) {
      expect(count(after, what), String(what)).toBe(count(before, what));
    }
    const texts = (text: string) => [...text.matchAll(/<text>([^<]*)<\/text>/g)].map((hit) => hit[1]!.replaceAll("&gt;", ">").replaceAll("&#34;", '"').replaceAll("&quot;", '"'));
    expect(texts(after)).toEqual(texts(before));
    expect(after).not.toMatch(/evh_/);
  });
  it("gives two rows of one id two ids, as the parser would drop one", () => {
    expect(before_import('<rule id="a"><x/></rule><rule id="a"></rule><rule id="a_2"/>')).toBe('<rule id="a"><x/></rule><rule id="a_2"></rule><rule id="a_2_2"/>');
  });
  it("says what it cannot read", async () => {
    const xml = before_import('<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="x"><decision id="d" name="d"><conditional><if/></conditional></decision></definitions>');
    const { warnings } = await new DmnModdle().fromXML(xml, "dmn:Definitions");
    expect(lost(warnings).length).toBeGreaterThan(0);
  });
  it("draws each decision above what it needs", () => {
    const needs = (id: string, ...from: string[]) => ({ id, $type: "dmn:Decision", informationRequirement: from.map((href) => ({ requiredDecision: { href: `#${href}` } })) }) as unknown as Moddle;
    const high = floors([needs("c", "b", "a"), needs("b", "a"), needs("a"), needs("loop", "loop")]);
    expect([high.get("a"), high.get("b"), high.get("c")]).toEqual([0, 1, 2]);
  });
});
