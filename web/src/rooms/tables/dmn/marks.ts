// Which cells and rows a finding speaks of, for the table that is open. Columns are matched by what
// heads them: an input's expression or label, an output's name or label.
import type { Finding } from "@/api/tables";
import type { Sheet, SheetCol } from "./types";

export interface Mark {
  severity: string;
  says: string;
}
const weight: Record<string, number> = { error: 3, warning: 2, note: 1 };

export function is_column(col: SheetCol, name: string): boolean {
  if (!name) return false;
  const bo = col.businessObject;
  const names = [bo.inputExpression?.text, bo.label, bo.name, bo.id];
  return names.some((one) => one?.trim() === name.trim());
}

export class Marks {
  stamp = 0; // grows with every change, so that rows know whether to look again
  private findings: Finding[] = [];
  private by_row = new Map<number, Finding[]>();
  private say: (finding: Finding) => string = (finding) => finding.message_zh;

  // The findings of the decision that is open, and how one is said in the language of the page.
  set(findings: Finding[], say: (finding: Finding) => string): void {
    ++this.stamp;
    this.findings = findings;
    this.say = say;
    this.by_row = new Map();
    for (const finding of findings) {
      for (const row of new Set([finding.row, finding.other_row])) {
        if (row) this.by_row.set(row, [...(this.by_row.get(row) ?? []), finding]);
      }
    }
  }
  all(): Finding[] {
    return this.findings;
  }
  // Cases that no row takes: they have no row to be marked, so the table shows them below its last one.
  gaps(): Finding[] {
    return this.findings.filter((one) => !one.row && one.example.length > 0).slice(0, 5);
  }
  text(finding: Finding): string {
    return this.say(finding);
  }
  row(at: number): Mark | undefined {
    return this.worst(this.by_row.get(at + 1));
  }
  cell(at: number, col: SheetCol): Mark | undefined {
    const here = this.by_row.get(at + 1)?.filter((one) => one.row === at + 1 && is_column(col, one.column));
    return this.worst(here);
  }
  private worst(found: Finding[] | undefined): Mark | undefined {
    if (!found?.length) return undefined;
    const first = found.reduce((a, b) => ((weight[b.severity] ?? 0) > (weight[a.severity] ?? 0) ? b : a));
    return { severity: first.severity, says: found.map(this.say).join("\n") };
  }
}

// The cells of a row that would close this gap: the case that shows it, column by column.
export function row_for(finding: Finding, sheet: Sheet): string[] {
  const values = new Map(finding.example.map((one) => [one.name.trim(), one.value]));
  return sheet.getRoot().cols.map((col) => {
    const expression = col.businessObject.inputExpression?.text?.trim();
    return expression === undefined ? "" : (values.get(expression) ?? "-");
  });
}
