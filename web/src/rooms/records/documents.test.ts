import { expect, it } from "vitest";
import { base64_of, size_text } from "./documents";

it("bytes as base64, also more than fit one call", () => {
  expect(base64_of(new Uint8Array([]))).toBe("");
  expect(base64_of(new Uint8Array([0x66, 0x6f]))).toBe("Zm8=");
  const many = new Uint8Array(100_001).map((_, at) => at % 256);
  expect(Uint8Array.from(atob(base64_of(many)), (one) => one.charCodeAt(0))).toEqual(many);
});
it("sizes", () => {
  expect([0, 1023, 1024, 1_572_864].map(size_text)).toEqual(["0 B", "1023 B", "1 KiB", "1.5 MiB"]);
});
