import { expect, it } from "vitest";
import { figure_text } from "./figure";

it("shows a figure in the unit its name says", () => {
  expect(figure_text("overdue_fen", 123456789)).toBe("1,234,567.89");
  expect(figure_text("entry_rate_bps", 105)).toBe("1.05%");
  expect(figure_text("payments", 12345)).toBe("12,345");
});
