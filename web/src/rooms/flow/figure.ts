// A figure of the night's report as people read it: its unit is the end of its name.
import { group, percent, yuan } from "@/kit/format";
import { code, variable_name } from "@/words/words";

export function figure_text(figure: string, value: number): string {
  if (figure.endsWith("_fen")) return yuan(value);
  return figure.endsWith("_bps") ? percent(value) : group(value);
}

// Whose codes the parts of a figure are; a bucket is read as it is written.
const part_codes: Record<string, string> = {
  grade_accounts: "grade", work_accounts: "work", allotment_accounts: "allotment", to_look_at: "to_look_at",
};

export function part_word(figure: string, of: string): string {
  if (figure === "changed_accounts") return variable_name(of) ?? of;
  return of && part_codes[figure] ? code(part_codes[figure], of) : of;
}

// The report is made of bytes that stay as they are, with the code of a part in its Chinese title.
export function figure_title(one: { figure: string; of: string; title: string }): string {
  return one.of ? one.title.replace(` ${one.of} `, ` ${part_word(one.figure, one.of)} `) : one.title;
}
