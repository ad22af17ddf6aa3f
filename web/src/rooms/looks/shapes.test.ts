import { expect, test } from "vitest";
import { totals_by_user } from "./shapes";

test("totals put the busiest user and kind first", () => {
  const totals = totals_by_user([
    { user_name: "a", kind: "view_case", looks: 2 },
    { user_name: "b", kind: "unmask", looks: 1 },
    { user_name: "b", kind: "view_case", looks: 5 },
  ]);
  expect(totals.map((one) => [one.user_name, one.total])).toEqual([["b", 6], ["a", 2]]);
  expect(totals[0]?.kinds[0]).toEqual({ kind: "view_case", looks: 5 });
});
