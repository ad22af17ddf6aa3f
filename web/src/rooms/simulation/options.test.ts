import { expect, test } from "vitest";
import { so_far } from "./options";
import { difference } from "./figures";

test("sums run on", () => {
  expect(so_far([3, 0, 4])).toEqual([3, 3, 7]);
  expect(so_far([])).toEqual([]);
});

test("a difference is written with its sign, and nothing where there is none", () => {
  expect(difference(5, 5, String)).toBe("—");
  expect(difference(5, 8, String)).toBe("+3");
  expect(difference(8, 5, String)).toBe("−3");
});
