// 服务器代码的中文说法，按字段分组；没有列出的代码照原样显示。
import { fact_kinds_zh } from "./fact_kinds";

export const codes_zh = {
  fact_kind: fact_kinds_zh,
  fact_state: { waiting: "等待封存", sealed: "已封存", erased: "已删除" },
  permit_state: { reserved: "已准许", used: "已使用", done: "已有结果", revoked: "已撤回" },
  role: { collector: "催收员", lead: "组长", analyst: "分析员", compliance: "合规员", auditor: "审计员", agency: "外包机构", machine: "系统拨号", admin: "管理员" },
  look_kind: {
    view_case: "看案件", view_decisions: "看处置依据", view_documents: "看文件清单", view_offers: "看优惠方案",
    view_gate: "试问闸门", list_cases: "案件清单", list_my_day: "当日清单", search_cases: "搜索",
    list_simulation: "试算案件", list_rejects: "拒收行", list_events: "事实清单", list_looks: "查看记录",
    list_unmaskings: "原文查看清单", export_pack: "导出证据包", export_document: "下载文件",
    export_proof: "下载证明", export_looks: "导出查看记录", show_number: "出示号码", unmask: "看原文",
  },
  look_purpose: { own_case: "名下案件", own_team: "本团队", review: "合规复核", other: "其他" },
  unmask_field: { name: "姓名", citizen_id: "证件号码", contact_name: "联系人姓名" },
  unmask_reason: {
    identity_check: "核对本人身份", customer_asked: "客户本人要求", correction: "更正资料",
    complaint: "处理投诉", legal: "诉讼与公证", inspection: "检查与审计", other: "其他",
  },
  alert_level: { high: "高", medium: "中", low: "低" },
  hold: {
    dispute: "异议", complaint: "投诉", hardship: "困难", plan: "分期协议", lost: "失联",
    deceased: "身故", counsel: "已委托律师", minor: "未成年", incapable: "无行为能力",
    bankrupt: "破产", limitation: "时效已过", cease: "要求停止联系", no_automation: "拒绝自动化决定",
    consent_withdrawn: "撤回同意", no_calls: "要求不打电话", no_messages: "要求不发消息",
    no_workplace: "要求不联系单位", breathing_space: "喘息期（英国）", debt_adviser: "债务顾问介入",
    debt_adviser_progress: "债务顾问有进展", mental_health: "精神健康危机",
  },
  channel: {
    none: "不联系", call: "人工电话", robot_call: "智能语音", sms: "短信", email: "邮件",
    letter: "信函", visit: "上门", push: "App 推送", wechat: "微信", mobile: "手机", phone: "电话",
    address: "地址",
  },
  purpose: {
    remind: "提醒还款", collect: "催收", negotiate: "协商", relay: "请人转告", answer: "答复来询",
    legal_notice: "法律通知",
  },
  contact_role: { self: "本人", guarantor: "担保人", contact_person: "联系人", other: "其他" },
  relation: {
    self: "本人", spouse: "配偶", parent: "父母", child: "子女", sibling: "兄弟姐妹",
    colleague: "同事", friend: "朋友", relative: "亲属",
  },
  outcome: {
    connected_right_party: "本人接听", connected_third_party: "他人接听", promise: "承诺还款",
    refused: "拒绝沟通", wrong_number: "号码有误", sent: "已发出", delivered: "已送达",
    unknown: "结果不明", no_answer: "无人接听", busy: "占线", not_delivered: "未送达",
    not_made: "没有联系",
  },
  document: {
    recording: "录音录像", letter: "函件", agreement: "协议", notice: "通知", photo: "照片",
    identity: "身份证明", payment_receipt: "还款凭证", complaint: "投诉", court: "法院文书", other: "其他",
  },
  document_source: {
    staff: "本机构人员", customer: "客户", agency: "外包机构", court: "法院", bank: "银行", system: "系统",
  },
  read_reason: {
    case_work: "办理案件", complaint: "处理投诉", court: "诉讼、仲裁", audit: "检查、审计",
    customer_request: "客户申请",
  },
  hold_scope: { person: "本人全部案件", case: "本案", document: "单个文件", kind: "该类记录" },
  promise: { replaced: "已改约" },
  by: { night: "日终", import: "导入", former_system: "原系统", command: "命令行" },
  bucket: { new: "新户", none: "无" },
  timeline: {
    contact: "联系", attempt: "联系", past_contact: "往次联系", permit: "许可", refusal: "不许可",
    promise: "承诺", note: "备注", hold: "暂停", payment: "还款", bucket: "账龄",
    allotment: "分派", treatment: "处置", disclosure: "查看号码", change: "变化",
  },
  pack_table: {
    refusals_when: "何时", refusals_often: "多频", refusals_whom: "联系谁", refusals_holds: "暂停事由",
    refusals_asker: "谁发起", refusals_channel: "渠道与联系方式",
  },
  rank: {
    statute: "法律", department_rule: "部门规章", normative: "规范性文件", standard: "国家标准",
    association: "行业自律", lender: "本机构规定",
  },
  certainty: { found: "原文", copy: "转载，待核原文", memory: "待核实" },
  again: {
    at_open: "到可联系时段", next_day: "次日", after_cooldown: "间隔期后", when_lifted: "解除后",
    never: "不可",
  },
  hit_policy: {
    U: "唯一命中", UNIQUE: "唯一命中", F: "取首行", FIRST: "取首行", A: "任一", ANY: "任一",
    P: "按优先级", PRIORITY: "按优先级", C: "全部收集", COLLECT: "全部收集",
    R: "按行序全部", "RULE ORDER": "按行序全部", RULE_ORDER: "按行序全部",
    O: "按输出序全部", "OUTPUT ORDER": "按输出序全部", OUTPUT_ORDER: "按输出序全部",
    "C+": "收集求和", "C<": "收集取小", "C>": "收集取大", "C#": "收集计数",
  },
  decision_kind: {
    decision_table: "决策表", table: "决策表", literal: "表达式", literal_expression: "表达式",
    context: "上下文", invocation: "调用", input: "输入", function: "函数",
  },
  import_kind: {
    customers: "客户", accounts: "账户", balances: "余额", contacts: "联系方式", guarantors: "担保人",
    instalments: "分期计划", payments: "还款", past_contacts: "往次联系",
  },
  night_state: {
    done: "完成", finished: "完成", running: "进行中", failed: "失败", stopped: "已中断",
    pending: "未开始", waiting: "未开始", resumed: "续跑", skipped: "已跳过",
  },
  stage: {
    intake: "读入数据", book: "建账", accrual: "计息计费", ageing: "账龄", cut: "取当日状态",
    score: "评分", strategy: "处置策略", allocation: "分派", report: "报告", publish: "发布",
  },
  variable: {
    amount_fen: "金额", fee_fen: "手续费", paid_fen: "已还", lines: "行数", rows: "行数",
    minute: "当地时间", purpose: "目的", role: "关系", says_debt: "提到欠款", rank: "效力层级",
    certainty: "核对程度", again: "何时可再联系", citation: "依据", code: "代码",
    cap_person_day: "每人每日上限", cap_number_day: "每号码每日上限",
    cap_third_party_day: "第三人每日上限", cap_calls_day: "每人每日有效通话上限",
    attempts_rule: "每日六次的效力", cap_third_party_week: "第三人七日上限",
    cap_person_week: "每人七日上限", lost_evidence: "失联凭据", lost_calls: "失联：连续未接次数",
    lost_days: "失联：连续未接天数", cap_calls_7d: "七日拨打上限", quiet_days: "通话后静默天数",
    breathing_space_days: "喘息期天数", adviser_days: "债务顾问介入天数",
    adviser_more_days: "有进展时的天数", gap_minutes: "最短间隔（分钟）",
    visitors_min: "外访最少人数", legal_open_minute: "规定开始时间",
    legal_close_minute: "规定结束时间", open_minute: "开始时间", close_minute: "结束时间",
    willingness_base: "意愿基础分", ability_base: "能力基础分",
    collector: "催收员", work: "办理方式",
  },
  day_kind: { festival: "法定节日", rest_day: "休息日", workday: "工作日" },
  asker_kind: { user: "员工", agency: "机构", machine: "系统" },
  point_source: {
    scraped: "抓取", social_page: "社交主页", bought: "购买", friend_list: "好友列表",
  },
  table_state: {
    draft: "草稿", in_review: "评审中", returned: "已退回", approved: "已批准", trial: "试验版",
    withdrawn: "已撤回", retired: "已退役", shipped: "随系统提供",
  },
  finding: {
    gap: "空缺", no_default: "缺兜底", overlap: "重叠", shadowed: "被遮蔽", only_missing: "仅缺值时命中",
    duplicate_row: "重复行", never_fires: "永不命中", allowed_values: "取值不许可",
    never_given: "上游不会给出", not_accepted: "下游不接受", type_error: "类型不符",
    output_values: "结果不在可选值内", unreachable_output: "结果用不到", unused_input: "输入没用到",
    missing_requirement: "缺依赖", unused_requirement: "多余依赖", unknown_name: "不认识的名称",
    not_understood: "看不懂的表达式", not_reproducible: "不可重现", not_analysed: "未分析",
    not_proven: "未查完",
  },
  simulation_state: { queued: "排队", running: "进行中", done: "完成", cancelled: "已停止", failed: "未成" },
  simulation_stage: {
    open: "打开账簿", fit: "校准", accrue: "计息与还款入账", age: "账龄", score: "评分",
    treat: "处置", act: "联系与还款", compare: "对比", end: "收尾", save: "保存",
  },
  table_file: {
    simulation: "策略试算参数",
    bucket: "逾期阶段", terms: "费率条款", payment_order: "还款冲抵顺序", scorecard: "评分卡",
    risk_grade: "风险等级", treatment: "分期处置", priority: "优先级", allocation: "分派规则",
    promise: "承诺还款", retention: "保管期限", "cn-bank-card": "规则包：中国银行卡",
    "cn-online-credit": "规则包：中国网络贷款", "us-reg-f": "规则包：美国 Reg F",
    "uk-conc": "规则包：英国 CONC 7",
  },
} as const;
