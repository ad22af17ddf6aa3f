// Invented answers in the API's shape, for looking at pages while there is no server. Not a test of
// anything: tests/e2e/run always uses the real binary. Deterministic.
let seed = 7;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const pick = (list) => list[Math.floor(random() * list.length)];
const between = (low, high) => Math.floor(low + random() * (high - low));

export const today = "2026-11-22";
export const now = `${today}T10:12:30+08:00`;
const surnames = "王李张刘陈杨赵黄周吴徐孙".split("");
const regions = [["440300", "广东深圳"], ["310000", "上海"], ["510100", "四川成都"], ["110000", "北京"]];
const buckets = ["M1", "M1", "M1", "M2", "M2", "M3", "M4", "M5", "M6", "M6+"];
const treatments = [
  ["call_negotiate", "电话协商还款"], ["sms_firm", "短信提醒（后果说明）"], ["call_relief", "电话沟通分期方案"],
  ["letter_demand", "寄送催收函"], ["visit_plan", "外访协商"],
];
const dpds = { M0: [0, 1], M1: [1, 30], M2: [31, 60], M3: [61, 90], M4: [91, 120], M5: [121, 150], M6: [151, 180], "M6+": [181, 420] };

export const cases = Array.from({ length: 137 }, (_, at) => {
  const bucket = pick(buckets);
  const [treatment, treatment_text] = pick(treatments);
  const balance_fen = between(80_000, 16_000_000);
  const customer_no = `C${String(100001 + at * 7)}`;
  return {
    rank: at + 1, case_id: customer_no, customer_no, name_masked: `${pick(surnames)}${pick(["*", "**"])}`,
    region_name: pick(regions)[1], account_no_masked: `6225 **** ${between(1000, 9999)}`, accounts: pick([1, 1, 1, 2, 3]),
    product: pick(["card", "card_instalment", "online_loan"]), bucket, dpd: between(...dpds[bucket]),
    overdue_fen: Math.floor(balance_fen * (0.1 + random() * 0.7)), balance_fen, grade: pick(["low", "medium", "high"]),
    treatment, treatment_text, work: "human", priority: 990 - at * 6, promise: pick(["none", "none", "open", "broken"]),
    flag: pick(["none", "none", "none", "dispute", "hardship"]), collector: "c01", team: "early",
    last_contact_at: random() < 0.5 ? `2026-11-2${between(0, 3)}T0${between(8, 10)}:15:00+08:00` : "",
    contacts_left_today: pick([3, 3, 2, 1, 0]), worked_today: random() < 0.25,
  };
});

const refusal = (code, reason_zh, reason_en, citation, rank, row, allowed_at) => ({
  code, reason_zh, reason_en, citation, rank, certainty: "copy", pack: "cn-bank-card", version: "3f0c2a91d7be",
  table: "refusals_when", row, allowed_at,
});
export function gate(point, ask = {}) {
  const refusals = [];
  if (point?.role === "contact_person" && ask.says_debt)
    refusals.push(refusal("CN_DISCLOSURE", "不得向第三人透露欠款。", "The debt must not be named to a third person.", "《个人消费类贷款催收工作指引》第十八条", "association", 12, null));
  if (point?.attempts_left_today === 0)
    refusals.push(refusal("CN_ATTEMPT_6", "该号码今日已试 6 次。", "This number was tried 6 times today.", "《个人消费类贷款催收工作指引》第二十条", "association", 9, "2026-11-23T08:00:00+08:00"));
  return {
    allowed: refusals.length === 0, contacts_left_today: 2, attempts_left_today: point?.attempts_left_today ?? 0,
    allowed_at: refusals.some((one) => !one.allowed_at) ? null : (refusals[0]?.allowed_at ?? null), refusals,
  };
}
const account = (at, row) => {
  const principal_fen = between(100_000, 5_000_000);
  const rest = { interest_fen: between(1000, 90_000), late_fee_fen: between(0, 40_000), instalment_fee_fen: at ? 12_500 : 0, cost_fen: 0 };
  return {
    account_no: `62250000${row.customer_no}${at}`, account_no_masked: `6225 **** ${4021 + at}`, product: at ? "card_instalment" : "card",
    opened_on: "2021-03-14", credit_limit_fen: 5_000_000, principal_fen, ...rest,
    balance_fen: principal_fen + rest.interest_fen + rest.late_fee_fen + rest.instalment_fee_fen, overdue_fen: Math.floor(principal_fen / 4),
    oldest_due_date: "2026-10-18", dpd: row.dpd, bucket: row.bucket, bucket_before: at ? row.bucket : "M1", willingness: 61, ability: 44,
    willingness_reason: "promise_broken_once", ability_reason: "utilisation_full", grade: row.grade, approach: "negotiate",
    treatment: row.treatment, treatment_text: row.treatment_text, channel: "call", work: "human",
    expected_recovery_fen: Math.floor(principal_fen / 10), expected_cost_fen: 3_840, priority: row.priority, promise: row.promise, flag: row.flag,
  };
};
export function case_file(case_id) {
  const row = cases.find((one) => one.case_id === case_id);
  if (!row) return undefined;
  const point = (no, role, channel, value_masked, more = {}) => ({
    contact_point_id: `${case_id}:${no}`, role, relation: role === "self" ? "本人" : "配偶", name_masked: role === "self" ? row.name_masked : "陈*",
    channel, value_masked, valid: true, source: "contract", attempts_today: 1, attempts_left_today: 5, ...more,
  });
  const contact_points = [
    point(1, "self", "mobile", "138****2207"), point(2, "self", "phone", "0755****3310", { attempts_left_today: 0, attempts_today: 6 }),
    point(3, "contact_person", "mobile", "136****9004"), point(4, "self", "address", "广东省深圳市南山区****", { attempts_left_today: 1 }),
    point(5, "self", "mobile", "150****1112", { valid: false }),
  ];
  return {
    case_id, customer_no: case_id, name_masked: row.name_masked, citizen_id_masked: "4403************12", address_masked: "广东省深圳市南山区****",
    region_code: "440305", region_name: "广东深圳南山区", collector: "c01", collector_name: "林晓", team: "early", night_date: "2026-11-21",
    accounts: Array.from({ length: row.accounts }, (_, at) => account(at, row)), contact_points,
    guarantors: row.accounts > 1 ? [{ guarantor_no: "G1", name_masked: "何*", phone_masked: "139****8870" }] : [],
    holds: row.flag === "dispute" ? [{ hold_id: "5", kind: "dispute", reason: "客户称一笔境外交易非本人", since: `${today}T09:01:00+08:00`, until: "2026-12-02", set_by: "林晓" }] : [],
    promises: [{ promise_id: "1", account_no: "x", account_no_masked: "6225 **** 4021", amount_fen: 128_800, due_date: "2026-11-25", state: "open", made_at: now, made_by: "林晓" },
      { promise_id: "2", account_no: "x", account_no_masked: "6225 **** 4021", amount_fen: 100_000, due_date: "2026-11-10", state: "broken", made_at: now, made_by: "林晓" }],
    contacts_left_today: 2, gate: gate(contact_points[0]),
    timeline: [
      { at: `${today}T09:42:11+08:00`, kind: "contact", title: "电话：无人接听", title_en: "call: no answer", detail: "", by: "林晓" },
      { at: "2026-11-20T15:20:00+08:00", kind: "promise", title: "承诺还款 1,288.00 元", detail: "2026-11-25", by: "林晓" },
      { at: "2026-11-20T15:18:00+08:00", kind: "contact", title: "电话：本人接听", title_en: "call: right party", detail: "说月底发薪", by: "林晓" },
      { at: "2026-11-19T02:10:00+08:00", kind: "bucket", title: "M1 → M2", detail: "", by: "日终" },
      { at: "2026-11-12T10:00:00+08:00", kind: "payment", title: "还款 500.00 元", detail: "手机银行", by: "" },
      { at: "2026-11-11T10:00:00+08:00", kind: "note", title: "客户表示本月底发薪后还款", detail: "", by: "林晓" },
    ],
  };
}
export const decisions_of = (file) => file.accounts.flatMap((one) =>
  [["bucket.dmn", "bucket", "逾期阶段", 3, [["dpd", one.dpd]], [["bucket", one.bucket]]],
    ["risk_grade.dmn", "grade", "风险等级", 5, [["willingness_band", "fair"], ["ability_band", "weak"]], [["grade", one.grade], ["approach", one.approach]]],
    ["treatment.dmn", "treatment", "处置", 27, [["bucket", one.bucket], ["grade", one.grade], ["balance_band", "medium"], ["promise", one.promise], ["flag", one.flag]], [["treatment", one.treatment], ["channel", "call"], ["work", "human"], ["script", "negotiate_v1"]]],
    ["expected_net.dmn", "expected_cost_fen", "预计成本（分）", 0, [["contact_cost_fen", one.expected_cost_fen]], [["expected_cost_fen", one.expected_cost_fen]]],
    ["priority.dmn", "priority", "优先级", 2, [["net_fen", one.expected_recovery_fen - one.expected_cost_fen], ["dpd", one.dpd]], [["priority", one.priority]]]]
    .map(([name, decision, title, row, inputs, outputs]) => ({
      account_no_masked: one.account_no_masked, date: "2026-11-21", file: name, decision, title, version: "8c1fd02a77e0", row, rule_id: `${decision}_${row}`,
      inputs: inputs.map(([n, value]) => ({ name: n, value: String(value) })), outputs: outputs.map(([n, value]) => ({ name: n, value: String(value) })),
      annotation: "中等意愿、能力偏弱：先协商，再谈方案；目录 C3",
    })));

const order = ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M6+"];
const sizes = [16_420, 1_480, 720, 420, 300, 240, 190, 630];
export const dashboard = {
  date: "2026-11-21", dates: ["2026-11-21", "2026-11-20", "2026-11-19"],
  totals: { accounts: 20_400, customers: 18_220, balance_fen: 412_345_678_90, overdue_fen: 31_245_678_00, overdue_accounts: 3980, entered_accounts: 214, entered_fen: 3_001_200_00, cured_accounts: 188, recovered_fen: 1_204_500_00, entry_rate_bps: 131, recovery_rate_bps: 386 },
  buckets: order.map((bucket, at) => ({ bucket, accounts: sizes[at], balance_fen: sizes[at] * 1_830_011, overdue_fen: at ? sizes[at] * 512_377 : 0 })),
  roll_rates: { from: order, to: order, cells: order.flatMap((from, f) => order.map((to, at) => {
    const rate_bps = at === f ? 9200 : at === f + 1 ? 420 : at === 0 ? 310 : at < f ? 60 : 0;
    return { from, to, accounts: Math.round((sizes[f] * rate_bps) / 10_000), balance_fen: sizes[f] * rate_bps * 120, rate_bps };
  })) },
  treatments: treatments.map(([treatment, treatment_text], at) => ({ treatment, treatment_text, work: at === 1 ? "machine" : "human", accounts: 1500 - at * 260, overdue_fen: 812_345_600 - at * 90_000_000 })),
  grades: [{ grade: "low", accounts: 1700 }, { grade: "medium", accounts: 1420 }, { grade: "high", accounts: 860 }],
  history: Array.from({ length: 14 }, (_, at) => ({
    date: `2026-11-${String(8 + at).padStart(2, "0")}`, buckets: order.map((bucket, b) => ({ bucket, accounts: sizes[b], balance_fen: Math.round(sizes[b] * 1_830_011 * (0.9 + at * 0.008 + random() * 0.02)) })),
    entry_rate_bps: 110 + between(0, 40), recovery_rate_bps: 330 + between(0, 90),
  })),
};

// A draft of a table for looking at the editor: a shipped file, or as many rows as asked for.
export function big_table(rows, columns) {
  const cells = (at) => Array.from({ length: columns }, (_, column) => column === 0 ? `[${at * 10}..${at * 10 + 9}]` : column % 3 === 1 ? `"B${(at * column) % 40}"` : column % 3 === 2 ? `&gt;= ${at % 97}` : "-");
  const inputs = Array.from({ length: columns }, (_, column) => `<input id="in${column}" label="条件 ${column + 1}"><inputExpression typeRef="${column % 3 === 1 ? "string" : "number"}"><text>x${column}</text></inputExpression></input>`).join("\n");
  const rules = Array.from({ length: rows }, (_, at) => `<rule id="r${at}">${cells(at).map((text) => `<inputEntry><text>${text}</text></inputEntry>`).join("")}<outputEntry><text>"T${at % 9}"</text></outputEntry><annotationEntry><text>第 ${at + 1} 条规则</text></annotationEntry></rule>`).join("\n");
  const data = Array.from({ length: columns }, (_, column) => `<inputData id="d${column}" name="x${column}"><variable name="x${column}"/></inputData>`).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="big" name="big" namespace="https://evenhand.example/big">\n${data}\n<decision id="big_table" name="big" label="大表"><variable name="big"/>\n<decisionTable id="big_logic" hitPolicy="FIRST">\n${inputs}\n<output id="out" label="处置" name="treatment" typeRef="string"/>\n<annotation name="说明"/>\n${rules}\n</decisionTable></decision></definitions>`;
}
