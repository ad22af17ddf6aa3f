import { describe, expect, it } from "vitest";
import { own_path } from "./next_page";

describe("where a sign-in leads", () => {
  it("is never another site", () => {
    expect(own_path("/cases/7?x=1")).toBe("/cases/7?x=1");
    for (const bad of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", undefined, ["/a"]])
      expect(own_path(bad)).toBe("");
  });
});
