import "vue"; // before the stubs: it looks for a real document once, when it is loaded
import { beforeAll, expect, it, vi } from "vitest";

let figure: typeof import("./figure");
beforeAll(async () => {
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => {} } });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  figure = await import("./figure");
});

it("shows a figure in the unit its name says", () => {
  expect(figure.figure_text("overdue_fen", 123456789)).toBe("1,234,567.89");
  expect(figure.figure_text("entry_rate_bps", 105)).toBe("1.05%");
  expect(figure.figure_text("payments", 12345)).toBe("12,345");
});

it("says the part of a figure in words", () => {
  const title = (of_figure: string, of: string, said: string) => figure.figure_title({ figure: of_figure, of, title: said });
  expect(title("grade_accounts", "low", "评级 low 户数")).toBe("评级 低风险 户数");
  expect(title("work_accounts", "human", "办理 human 户数")).toBe("办理 人工 户数");
  expect(title("allotment_accounts", "no_team", "分案 no_team 户数")).toBe("分案 小组无人 户数");
  expect(title("changed_accounts", "bucket", "变化 bucket 户数（工作日）")).toBe("变化 逾期阶段 户数（工作日）");
  expect(title("changed_accounts", "collector", "变化 collector 户数")).toBe("变化 催收员 户数");
  expect(title("to_look_at", "payments_back_dated", "请核查 payments_back_dated 户数")).toBe("请核查 还款倒起息 户数");
  expect(title("bucket_accounts", "M6+", "阶段 M6+ 户数")).toBe("阶段 M6+ 户数");
  expect(title("payments", "", "还款笔数（休息日）")).toBe("还款笔数（休息日）");
});
