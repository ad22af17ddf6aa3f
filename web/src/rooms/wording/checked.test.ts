import { describe, expect, it } from "vitest";
import { pieces_of, type Broken, type Verdict } from "./checked";

const broken = (severity: "block" | "warn", from: number, to: number): Broken => ({
  code: "X", wording_class: "x", severity, citation: "", rank: "", certainty: "", reason_zh: "", reason_en: "", file: "wording.dmn", version: "", rule_id: "", row: 1,
  marks: [{ from, to, text: "", word_id: "", how: "plain", suggestion_zh: "", suggestion_en: "" }], suggestion_zh: "", suggestion_en: "",
});
const verdict = (...refusals: Broken[]): Verdict => ({ allowed: false, refusals });

describe("pieces of a marked text", () => {
  it("counts an emoji as one", () => {
    expect(pieces_of("😀坐牢吧", verdict(broken("block", 1, 3)))).toEqual([
      { text: "😀", severity: "" },
      { text: "坐牢", severity: "block" },
      { text: "吧", severity: "" },
    ]);
  });
  it("shows the stricter of two rules on the same words", () => {
    expect(pieces_of("abc", verdict(broken("block", 1, 2), broken("warn", 0, 3)))).toEqual([
      { text: "a", severity: "warn" },
      { text: "b", severity: "block" },
      { text: "c", severity: "warn" },
    ]);
  });
  it("leaves a text without findings whole", () => {
    expect(pieces_of("您好", verdict())).toEqual([{ text: "您好", severity: "" }]);
  });
});
