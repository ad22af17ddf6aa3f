// What the server says of drafts, versions, differences and replays of tables.

export type TableState =
  | "draft"
  | "in_review"
  | "returned"
  | "approved"
  | "trial"
  | "withdrawn"
  | "retired"
  | "shipped";
export interface TableVersion {
  version_id: string;
  file: string;
  title: string;
  version: string;
  state: string;
  in_force: boolean;
  note: string;
  based_on: string;
  author: string;
  editors: string[];
  revision: number;
  created_at: string | null;
  saved_at: string | null;
  submitted_by: string | null;
  submitted_at: string | null;
  reviewed_by: string | null;
  reviewed_at: string | null;
  review_note: string | null;
  effective_from: string | null;
  effective_to: string | null;
  errors: number;
  warnings: number;
  tests_passed: number;
  tests_failed: number;
  simulated: boolean;
}
export interface Finding {
  kind: string;
  severity: string;
  decision: string;
  row: number;
  other_row: number;
  column: string;
  message_zh: string;
  message_en: string;
  example: { name: string; value: string }[];
}
export interface TableTest {
  name: string;
  line: number;
  passed: boolean;
  expected: string;
  got: string;
}
export interface Analysis {
  problem: string;
  findings: Finding[];
  tests: TableTest[];
}
export interface Draft extends Analysis {
  version: TableVersion;
  xml: string;
  tests_csv: string;
  in_force_version: string;
  needs_simulation: boolean;
  notices: { kind: string; message_zh: string; message_en: string }[];
}
export interface NamedValue {
  name: string;
  value: string;
}
export interface Decided {
  version: string;
  row: number;
  rule_id: string;
  annotation: string;
  inputs: NamedValue[];
  outputs: NamedValue[];
  messages: string[];
}
export interface TriedCase {
  case_id: string;
  date: string;
  differs: boolean;
  accounts: {
    account_no_masked: string;
    differs: boolean;
    decisions: {
      file: string;
      decision: string;
      title: string;
      in_force?: Decided | null;
      draft?: Decided | null;
      differs: boolean;
    }[];
  }[];
}
export interface ReplayedDecision {
  file: string;
  decision: string;
  title: string;
  decided: Decided;
  recorded: NamedValue[];
  agrees?: boolean | null;
}
export interface Replay {
  date: string;
  edition: string;
  agrees: boolean;
  accounts: { account_no_masked: string; agrees: boolean; decisions: ReplayedDecision[] }[];
}
export interface RowDiff {
  kind: string;
  from_row: number;
  to_row: number;
  moved: boolean;
  rule_id: string;
  cells: { from: string; to: string; changed: boolean }[];
  zh: string;
  en: string;
}
export interface DecisionDiff {
  name: string;
  title: string;
  kind: string;
  properties: { what: string; from: string; to: string; zh: string; en: string }[];
  columns: { part: string; name: string; label: string; kind: string }[];
  rows: RowDiff[];
  same_rows: number;
}
export interface TableDiff {
  file: string;
  from: string;
  to: string;
  zh: string;
  en: string;
  decisions: DecisionDiff[];
}
