// What the server says, spelled as it says it. Money is int fen, dates "YYYY-MM-DD", instants
// ISO 8601 with +08:00, ids strings.

export type Role = "collector" | "lead" | "analyst" | "compliance" | "auditor" | "agency" | "machine" | "admin";

export interface User {
  user_id: string;
  user_name: string;
  shown_name: string;
  role: Role;
  team: string;
}
export interface Session {
  user: User;
  csrf_token: string;
  must_change_password: boolean;
  must_set_second_step: boolean;
  sign_in_by: SignInBy;
}
export type SignInBy = "password" | "directory" | "provider";
export interface SignInWays {
  passwords_for_admins_only: boolean;
  directory: boolean;
  provider?: string | null;
}
export interface SecondStepState {
  set: boolean;
  since?: string;
  recovery_codes_left: number;
}
export interface Enrolment {
  secret: string;
  uri: string;
  qr_modules: number;
  qr_path: string;
}
export interface Device {
  device_ref: string;
  signed_in_at: string;
  seen_at: string;
  address: string;
  browser: string;
  current: boolean;
}

export interface CaseRow {
  rank: number;
  case_id: string;
  customer_no: string;
  name_masked: string;
  region_name: string;
  account_no_masked: string;
  accounts: number;
  product: string;
  bucket: string;
  dpd: number;
  overdue_fen: number;
  balance_fen: number;
  grade: string;
  treatment: string;
  treatment_text: string;
  treatment_text_en?: string;
  work: string;
  priority: number;
  promise: string;
  flag: string;
  collector: string;
  team: string;
  last_contact_at: string | null;
  contacts_left_today: number;
  worked_today: boolean;
}
export interface ContactWindow {
  open: string;
  close: string;
  open_now: boolean;
  next_open_at: string;
}
export interface MyDay {
  today: string;
  night_date: string;
  now: string;
  window: ContactWindow;
  counts: {
    cases: number;
    worked_today: number;
    contacts_today: number;
    promises_due_today: number;
  };
  total: number;
  items: CaseRow[];
}
export interface CaseList {
  total: number;
  items: CaseRow[];
}

export interface CaseAccount {
  account_no: string;
  account_no_masked: string;
  product: string;
  opened_on: string;
  credit_limit_fen: number;
  principal_fen: number;
  interest_fen: number;
  late_fee_fen: number;
  instalment_fee_fen: number;
  cost_fen: number;
  balance_fen: number;
  overdue_fen: number;
  oldest_due_date: string | null;
  dpd: number;
  bucket: string;
  bucket_before: string;
  willingness: number;
  ability: number;
  willingness_reason: string;
  ability_reason: string;
  grade: string;
  approach: string;
  treatment: string;
  treatment_text: string;
  treatment_text_en?: string;
  channel: string;
  work: string;
  expected_recovery_fen: number | null; // none in a book of tables that did not say
  expected_cost_fen: number | null;
  priority: number;
  promise: string;
  flag: string;
}
export interface ContactPoint {
  contact_point_id: string;
  role: string;
  relation: string;
  name_masked: string;
  channel: string;
  value_masked: string;
  valid: boolean;
  source: string;
  attempts_today: number;
  attempts_left_today: number;
}
export interface Guarantor {
  guarantor_no: string;
  name_masked: string;
  phone_masked: string;
}
export interface Hold {
  hold_id: string;
  kind: string;
  reason: string;
  since: string;
  until: string | null;
  set_by: string;
}
export interface CaseDocument {
  document_id: string;
  kind: string;
  source: string;
  media_type: string;
  sha256: string;
  bytes: number;
  dated_on: string;
  added_at: string;
  added_by: string;
  state: string;
  destroyed_at: string | null;
}
export interface LegalHold {
  legal_hold_id: string;
  scope: string;
  set_at: string;
  until: string | null;
  state: string;
  lift_asked_by: string;
}
export interface CaseDocuments {
  documents: CaseDocument[];
  legal_holds: LegalHold[];
}
export interface PromiseItem {
  promise_id: string;
  account_no: string;
  account_no_masked: string;
  amount_fen: number;
  paid_fen: number;
  due_date: string;
  state: string;
  made_at: string;
  made_by: string;
}
export interface TimelineItem {
  at: string;
  kind: string;
  title: string;
  title_en: string;
  detail: string;
  by: string;
}
export interface Refusal {
  code: string;
  citation: string;
  rank: string;
  certainty: string;
  reason_zh: string;
  reason_en: string;
  pack: string;
  version: string;
  table: string;
  row: number;
  allowed_at: string | null;
}
export interface GateAnswer {
  allowed: boolean;
  contacts_left_today: number;
  attempts_left_today: number;
  allowed_at: string | null;
  refusals: Refusal[];
}
export interface CaseFile {
  case_id: string;
  customer_no: string;
  name_masked: string;
  citizen_id_masked: string;
  address_masked: string;
  region_code: string;
  region_name: string;
  collector: string;
  collector_name: string;
  team: string;
  night_date: string;
  accounts: CaseAccount[];
  contact_points: ContactPoint[];
  guarantors: Guarantor[];
  holds: Hold[];
  promises: PromiseItem[];
  contacts_left_today: number;
  gate: GateAnswer;
  timeline: TimelineItem[];
}
export interface PastCase {
  case_id: string;
  date: string;
  night_date: string;
  edition: string;
  accounts: CaseAccount[];
}
export interface NameValue {
  name: string;
  value: string;
}
export interface FiredRow {
  account_no_masked: string;
  date: string;
  file: string;
  decision: string;
  title: string;
  version: string;
  row: number;
  rule_id: string;
  inputs: NameValue[];
  outputs: NameValue[];
  annotation: string;
  agrees: boolean | null;
}
export interface ContactAsk {
  contact_point_id: string;
  channel: string;
  purpose: string;
  says_debt: boolean;
  visitors?: number;
}
export interface PermitAnswer {
  granted: boolean;
  permit_id: string;
  expires_at: string | null;
  dial: string;
  answer: GateAnswer;
}

export interface CollectorLoad {
  user_name: string;
  shown_name: string;
  team: string;
  capacity: number;
  cases: number;
  overdue_fen: number;
  worked_today: number;
  contacts_today: number;
  promises_today: number;
}
export interface TeamDay {
  today: string;
  collectors: CollectorLoad[];
  unallotted_cases: number;
}

export interface BucketSum {
  bucket: string;
  accounts: number;
  balance_fen: number;
  overdue_fen: number;
}
export interface RollCell {
  from: string;
  to: string;
  accounts: number;
  balance_fen: number;
  rate_bps: number;
}
export interface HistoryDay {
  date: string;
  buckets: { bucket: string; accounts: number; balance_fen: number }[];
  entry_rate_bps: number;
  recovery_rate_bps: number;
}
export interface Dashboard {
  date: string;
  dates: string[];
  totals: {
    accounts: number;
    customers: number;
    balance_fen: number;
    overdue_fen: number;
    overdue_accounts: number;
    entered_accounts: number;
    entered_fen: number;
    cured_accounts: number;
    recovered_fen: number;
    entry_rate_bps: number;
    recovery_rate_bps: number;
  };
  buckets: BucketSum[];
  roll_rates: { from: string[]; to: string[]; cells: RollCell[] };
  treatments: {
    treatment: string;
    treatment_text: string;
    treatment_text_en?: string;
    work: string;
    accounts: number;
    overdue_fen: number;
  }[];
  grades: { grade: string; accounts: number }[];
  history: HistoryDay[];
}

export interface ImportKind {
  kind: string;
  accepted: number;
  rejected: number;
  unchanged: number;
  control_totals: { name: string; value: number | string }[];
}
export interface ImportBatch {
  batch_id: string;
  file_name: string;
  mapping: string;
  as_of: string;
  imported_at: string;
  imported_by: string;
  kinds: ImportKind[];
  rejects: number;
}
export interface NightStage {
  stage: string;
  title: string;
  rows: number;
  wall_ms: number;
  rows_per_s: number;
  state: string;
}
export interface Night {
  date: string;
  edition: string;
  state: string;
  started_at: string;
  finished_at: string | null;
  accounts: number;
  stages: NightStage[];
  changed_accounts: number;
  tables: { file: string; version: string }[];
}

export interface TableFile {
  file: string;
  title: string;
  version: string;
  version_id: string;
  source: string;
  effective_from: string | null;
  shipped_changed: boolean;
  editable: boolean;
  needs_simulation: boolean;
  open_drafts: number;
  next_from: string | null;
  decisions: { name: string; title: string; kind: string; hit_policy: string; rows: number }[];
}
export interface TableRow {
  row: number;
  rule_id: string;
  inputs: string[];
  outputs: string[];
  annotation: string;
}
export interface TableDecision {
  name: string;
  title: string;
  kind: string;
  hit_policy: string;
  needs: string[];
  inputs: { label: string; expression: string }[];
  outputs: { label: string; name: string }[];
  rows: TableRow[];
  literal: string;
}
export interface TableModel {
  file: string;
  title: string;
  version: string;
  in_force: boolean;
  decisions: TableDecision[];
}

export interface UserRow extends User {
  skills: string[];
  regions: string[];
  capacity: number;
  active: boolean;
  certified_until: string | null;
  must_change_password: boolean;
  background_checked: boolean;
  confidentiality_signed: boolean;
  recording_ready: boolean;
  sign_in_by: SignInBy;
  background_until: string | null;
  employed_until: string | null;
  backup: string;
}
export type RecordKind = "background_check" | "confidentiality" | "certificate";
export interface StaffRecord {
  record_id: string;
  kind: RecordKind;
  title: string;
  number: string;
  issuer: string;
  document: string;
  issued_on: string;
  valid_until: string | null;
  made_by: string;
  made_at: string;
  ended_at: string | null;
}
export interface StaffConflict {
  conflict_id: string;
  case_id: string;
  reason: string;
  declared_by: string;
  declared_at: string;
  ended_at: string | null;
}
export interface StaffFile {
  user_id: string;
  user_name: string;
  shown_name: string;
  backup: string;
  active: boolean;
  employed_until: string | null;
  records: StaffRecord[];
  conflicts: StaffConflict[];
}
export interface Left {
  gone: boolean;
  cases_moved: number;
  cases_released: number;
  to_user_name: string;
}
export interface StaffExpiring {
  user_id: string;
  user_name: string;
  shown_name: string;
  kind: RecordKind;
  valid_until: string;
}
export interface NewUser {
  user_name: string;
  shown_name: string;
  role: Role;
  team: string;
  skills: string[];
  regions: string[];
  capacity: number;
  certified_until?: string;
  background_checked: boolean;
  confidentiality_signed: boolean;
  recording_ready: boolean;
  sign_in_by?: SignInBy;
}
