import type { codes_zh } from "./codes_zh";
import { fact_kinds_en } from "./fact_kinds";

type Same = { [Group in keyof typeof codes_zh]: Record<keyof (typeof codes_zh)[Group], string> };

export const codes_en: Same = {
  fact_kind: fact_kinds_en,
  fact_state: { waiting: "waiting", sealed: "sealed", erased: "erased" },
  permit_state: { reserved: "granted", used: "used", done: "outcome known", revoked: "revoked" },
  role: { collector: "Collector", lead: "Lead", analyst: "Analyst", compliance: "Compliance", auditor: "Auditor", agency: "Agency", machine: "Machine", admin: "Admin" },
  sign_in_by: { password: "Password", directory: "Directory (LDAP)", provider: "Provider (OIDC)" },
  received_by: { counter: "counter", phone: "telephone", letter: "letter", email: "e-mail", online: "online", regulator: "from the regulator" },
  identity: { original_id: "original papers", callback: "call back to the reserved number", bank_verified: "by the bank", power_of_attorney: "power of attorney and papers" },
  duty_why: { open: "case not over", legal_hold: "legal hold", law: "to be kept by law", not_known: "not known for how long" },
  record_kind: {
    note: "notes", attempt_note: "notes of contacts", promise_note: "notes of promises", approval_note: "reasons of approvals", contact_record: "contacts of others",
    hold_reason: "reasons of holds", permit: "permits", refusal: "refusals", recording: "recordings", letter: "letters", agreement: "agreements",
    notice: "notices", photo: "photos", identity: "papers of identity", payment_receipt: "receipts", complaint: "complaints", court: "court papers",
    other: "other",
  },
  rights_step: {
    taken: "taken in", asked: "sent for approval", granted: "granted", refused: "refused", held: "hold set", copied: "copy made",
    stopped: "erasure stopped", reviewed: "reviewed", erased: "erased",
  },
  look_kind: {
    view_case: "case", view_decisions: "decisions", view_documents: "documents", view_offers: "offers",
    view_gate: "gate, as if", list_cases: "list of cases", list_my_day: "day's list", search_cases: "search",
    list_simulation: "simulated cases", list_rejects: "rejected lines", list_events: "facts", list_looks: "looks",
    list_unmaskings: "fields in clear", export_pack: "evidence pack", export_document: "document",
    export_proof: "proof", export_looks: "looks as a file", show_number: "number shown", unmask: "seen in clear",
    refused: "refused",
    list_rights: "list of rights requests", view_rights: "a rights request", export_person: "copy for the person",
  },
  look_purpose: { own_case: "own case", own_team: "own team", review: "review", other: "other" },
  unmask_field: { name: "name", citizen_id: "citizen id", contact_name: "contact's name" },
  unmask_reason: {
    identity_check: "identity check", customer_asked: "the customer asked", correction: "correction",
    complaint: "complaint", legal: "court or notary", inspection: "inspection", other: "other",
  },
  alert_level: { high: "high", medium: "medium", low: "low" },
  hold: {
    dispute: "Dispute", complaint: "Complaint", hardship: "Hardship", plan: "Plan active",
    lost: "Lost", deceased: "Deceased", counsel: "Has counsel", minor: "Minor",
    incapable: "Lacks capacity", bankrupt: "Bankrupt", limitation: "Time-barred",
    cease: "Asked to stop", no_automation: "Refuses automated decisions",
    consent_withdrawn: "Consent withdrawn", no_calls: "Asked for no calls",
    no_messages: "Asked for no messages", no_workplace: "Asked not to be reached at work",
    breathing_space: "Breathing space (UK)", debt_adviser: "With a debt adviser",
    debt_adviser_progress: "Debt adviser makes progress", mental_health: "Mental health crisis",
  },
  channel: {
    none: "None", call: "Call", robot_call: "Voice robot", sms: "SMS", email: "Email",
    letter: "Letter", visit: "Visit", push: "App push", wechat: "WeChat", mobile: "Mobile",
    phone: "Phone", address: "Address",
  },
  purpose: {
    remind: "Remind", collect: "Collect", negotiate: "Negotiate", relay: "Ask to relay",
    answer: "Answer", legal_notice: "Legal notice",
  },
  contact_role: { self: "Self", guarantor: "Guarantor", contact_person: "Contact", other: "Other" },
  relation: {
    self: "self", spouse: "spouse", parent: "parent", child: "child", sibling: "sibling",
    colleague: "colleague", friend: "friend", relative: "relative",
  },
  outcome: {
    connected_right_party: "Spoke to them", connected_third_party: "Someone else", promise: "Promised",
    refused: "Refused to talk", wrong_number: "Wrong number", sent: "Sent", delivered: "Delivered",
    unknown: "Not known", no_answer: "No answer", busy: "Busy", not_delivered: "Not delivered",
    not_made: "Not made",
  },
  document: {
    recording: "recording", letter: "letter", agreement: "agreement", notice: "notice", photo: "photo",
    identity: "identity", payment_receipt: "receipt", complaint: "complaint", court: "court paper",
    other: "other",
  },
  document_source: {
    staff: "staff", customer: "customer", agency: "agency", court: "court", bank: "bank", system: "system",
  },
  read_reason: {
    case_work: "working the case", complaint: "a complaint", court: "court, arbitration",
    audit: "inspection, audit", customer_request: "the customer asks",
  },
  hold_scope: {
    person: "all cases of the person", case: "this case", document: "one document", kind: "this kind",
  },
  approval_state: {
    waiting: "waiting", approved: "approved", refused: "refused", withdrawn: "withdrawn", expired: "expired",
  },
  promise: { replaced: "Replaced" },
  by: { night: "night", import: "import", former_system: "former system", command: "command line" },
  bucket: { new: "new", none: "none" },
  timeline: {
    contact: "Contact", attempt: "Contact", past_contact: "Past contact", permit: "Permit", refusal: "Refused",
    promise: "Promise", note: "Note", hold: "Hold", payment: "Payment", bucket: "Bucket",
    allotment: "Moved", treatment: "Treatment", disclosure: "Number seen", change: "Change",
  },
  pack_table: {
    refusals_when: "When", refusals_often: "How often", refusals_whom: "Whom", refusals_holds: "Holds",
    refusals_asker: "Who asks", refusals_channel: "Channel and point of contact",
  },
  rank: {
    statute: "Statute", department_rule: "Department rule", normative: "Normative document",
    standard: "National standard", association: "Association rule", lender: "Lender's rule",
  },
  certainty: { found: "Text seen", copy: "Copy only, to be checked", memory: "To be checked" },
  again: {
    at_open: "in contact hours", next_day: "next day", after_cooldown: "after the interval",
    when_lifted: "when lifted", never: "never",
  },
  hit_policy: {
    U: "Unique", UNIQUE: "Unique", F: "First", FIRST: "First", A: "Any", ANY: "Any",
    P: "Priority", PRIORITY: "Priority", C: "Collect", COLLECT: "Collect",
    R: "Rule order", "RULE ORDER": "Rule order", RULE_ORDER: "Rule order",
    O: "Output order", "OUTPUT ORDER": "Output order", OUTPUT_ORDER: "Output order",
    "C+": "Collect, sum", "C<": "Collect, min", "C>": "Collect, max", "C#": "Collect, count",
  },
  decision_kind: {
    decision_table: "Table", table: "Table", literal: "Expression", literal_expression: "Expression",
    context: "Context", invocation: "Invocation", input: "Input", function: "Function",
  },
  import_kind: {
    customers: "Customers", accounts: "Accounts", balances: "Balances", contacts: "Contacts",
    guarantors: "Guarantors", instalments: "Instalments", payments: "Payments",
    past_contacts: "Past contacts",
  },
  night_state: {
    done: "Done", finished: "Done", running: "Running", failed: "Failed", stopped: "Stopped",
    pending: "Not begun", waiting: "Not begun", resumed: "Resumed", skipped: "Skipped",
  },
  stage: {
    intake: "Read the files", book: "Make the book", accrual: "Interest and fees", ageing: "Ageing",
    cut: "The day's state", score: "Score", strategy: "Strategy", allocation: "Allocation",
    report: "Report", publish: "Publish",
  },
  variable: {
    amount_fen: "Amount", fee_fen: "Fee", paid_fen: "Paid", lines: "Lines", rows: "Rows",
    minute: "Local time", purpose: "Purpose", role: "Role", says_debt: "Mentions the debt", rank: "Rank",
    certainty: "Certainty", again: "Again when", citation: "Citation", code: "Code",
    cap_person_day: "cap a person a day", cap_number_day: "cap a number a day",
    cap_third_party_day: "cap of third persons a day",
    cap_calls_day: "cap of conversations a day", attempts_rule: "force of the six a day",
    cap_third_party_week: "cap of third persons a week", cap_person_week: "cap a person a week",
    lost_evidence: "evidence of being lost", lost_calls: "lost: calls missed in a row",
    lost_days: "lost: days missed in a row", cap_calls_7d: "cap of calls in seven days",
    quiet_days: "quiet days after a conversation", breathing_space_days: "days of breathing space",
    adviser_days: "days with a debt adviser", adviser_more_days: "days where there is progress", gap_minutes: "least gap (minutes)",
    visitors_min: "least visitors", legal_open_minute: "the rule's opening",
    legal_close_minute: "the rule's closing", open_minute: "opening", close_minute: "closing",
    willingness_base: "Willingness, base", ability_base: "Ability, base",
    collector: "Collector", work: "Worked by",
  },
  day_kind: { festival: "Festival", rest_day: "Rest day", workday: "Workday" },
  asker_kind: { user: "Staff", agency: "Agency", machine: "Machine" },
  point_source: {
    scraped: "scraped", social_page: "social page", bought: "bought", friend_list: "friend list",
  },
  table_state: {
    draft: "draft", in_review: "in review", returned: "returned", approved: "approved",
    trial: "challenger", withdrawn: "withdrawn", retired: "retired", shipped: "shipped",
  },
  finding: {
    gap: "gap", no_default: "no default", overlap: "overlap", shadowed: "shadowed",
    only_missing: "only where missing", duplicate_row: "duplicate row", never_fires: "never fires",
    allowed_values: "value not allowed", never_given: "never given", not_accepted: "not accepted",
    type_error: "type error", output_values: "not an output value",
    unreachable_output: "output never given", unused_input: "unused input",
    missing_requirement: "missing requirement", unused_requirement: "unused requirement",
    unknown_name: "unknown name", not_understood: "not understood",
    not_reproducible: "not reproducible", not_analysed: "not analysed", not_proven: "not proven",
  },
  simulation_state: { queued: "queued", running: "running", done: "done", cancelled: "stopped", failed: "failed" },
  simulation_stage: {
    open: "opening the book", fit: "fitting", accrue: "interest and payments", age: "ageing", score: "scoring",
    treat: "treating", act: "contacts and payments", compare: "comparing", end: "closing", save: "saving",
  },
  table_file: {
    simulation: "Simulation",
    bucket: "Buckets", terms: "Terms", payment_order: "Order of payment", scorecard: "Scorecard",
    risk_grade: "Risk grade", treatment: "Treatment", priority: "Priority", allocation: "Allocation",
    promise: "Promises", retention: "Retention", "cn-bank-card": "Policy pack: bank cards, China",
    "cn-online-credit": "Policy pack: online credit, China", "us-reg-f": "Policy pack: US Reg F",
    "uk-conc": "Policy pack: UK CONC 7",
  },
};
