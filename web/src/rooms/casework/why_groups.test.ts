import { expect, it } from "vitest";
import type { FiredRow } from "@/api/types";
import { group_decisions } from "./why_groups";

const row = (file: string, decision: string) => ({ file, decision }) as FiredRow;

it("puts the treatment first and keeps each file's steps in order", () => {
  const groups = group_decisions([
    row("bucket.dmn", "bucket"),
    row("scorecard.dmn", "willingness_base"),
    row("scorecard.dmn", "ability_base"),
    row("risk_grade.dmn", "willingness_band"),
    row("risk_grade.dmn", "grade"),
    row("treatment.dmn", "balance_band"),
    row("treatment.dmn", "treatment"),
    row("expected_net.dmn", "expected_recovery_fen"),
    row("expected_net.dmn", "expected_cost_fen"),
    row("of_the_bank.dmn", "own"),
  ]);
  expect(groups.map((one) => one.file)).toEqual([
    "treatment.dmn",
    "risk_grade.dmn",
    "scorecard.dmn",
    "bucket.dmn",
    "expected_net.dmn",
    "of_the_bank.dmn",
  ]);
  expect(groups[0]?.main?.decision).toBe("treatment");
  expect(groups[2]?.main).toBeUndefined();
  expect(groups[2]?.steps).toHaveLength(2);
  expect(groups[4]?.main).toBeUndefined(); // told by the account's two amounts
});
