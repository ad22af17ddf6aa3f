#include "evidence/pack_summary.h"

#include <fmt/format.h>

#include "evidence/pack_pdf.h"

namespace evidence {

namespace {

// 2026-11-22 09:30:00, in China.
std::string short_time(kernel::Instant at) {
  std::string text = at.format().substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string days_of(const CasePackRequest& request) {
  if (!request.from && !request.to) return "全部";
  return (request.from ? request.from->format() : "最早") + " 至 " +
         (request.to ? request.to->format() : "制作时");
}

const char* purpose_zh(const std::string& purpose) {
  if (purpose == "complaint") return "处理投诉";
  if (purpose == "court") return "诉讼、仲裁";
  if (purpose == "audit") return "检查、审计";
  if (purpose == "customer_request") return "客户申请";
  return "办理案件";
}

void add_case(Pdf& pdf, const PackCase& one, const strategy::Words& words) {
  pdf.pairs({{"客户号 case", one.customer_no},
             {"姓名 name", one.name_masked},
             {"证件号 citizen id", one.citizen_id_masked.empty() ? "—" : one.citizen_id_masked},
             {"地区 region", one.region_name.empty() ? "—" : one.region_name}});
  if (one.accounts.empty()) {
    pdf.note("账簿中没有该客户的账户。");
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const PackAccount& account : one.accounts)
    rows.push_back({account.account_no_masked, words.zh("product", account.product),
                    account.status.empty() ? "—" : words.zh("status", account.status),
                    account.bucket, std::to_string(account.dpd), account.balance_fen.format_yuan(),
                    account.overdue_fen.format_yuan()});
  pdf.table({{"账户 account", 0.24, true},
             {"产品 product", 0.17},
             {"状态 status", 0.11},
             {"账龄 bucket", 0.12},
             {"逾期天数", 0.12},
             {"余额（元）", 0.12},
             {"逾期（元）", 0.12}},
            rows);
}

// Facts of some kinds, with their number in facts.jsonl.
void add_facts(Pdf& pdf, const PackContents& contents, const std::string& title,
               const std::function<bool(const std::string&)>& wanted, const char* none) {
  pdf.heading(title);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < contents.facts.size(); ++i) {
    const store::Fact& fact = contents.facts[i].fact;
    if (!wanted(fact.kind)) continue;
    const FactWords said = describe_fact(contents.facts[i], *contents.words);
    rows.push_back(
        {std::to_string(i + 1), short_time(fact.made_at), said.what, said.detail, fact.made_by});
  }
  if (rows.empty()) {
    pdf.note(none);
    return;
  }
  pdf.table({{"事实 no.", 0.08},
             {"时间 at（北京时间）", 0.19},
             {"事项 what", 0.16},
             {"内容 detail", 0.42},
             {"经办 by", 0.15}},
            rows);
}

bool is_contact(const std::string& kind) {
  return kind.starts_with("permit_") || kind.starts_with("contact_") || kind.starts_with("number_");
}
bool is_hold(const std::string& kind) {
  return kind.starts_with("hold_") || kind.starts_with("legal_hold_");
}

void add_documents(Pdf& pdf, const PackContents& contents) {
  pdf.heading("五、文件 Documents");
  if (contents.documents.empty()) {
    pdf.note("没有文件。 None.");
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : contents.documents) {
    const auto file = contents.document_files.find(one.document_id.value());
    rows.push_back({document_kind_zh(one.kind), one.dated_on.format(),
                    file == contents.document_files.end() ? "已到期销毁" : file->second,
                    std::to_string(one.bytes), one.sha256});
  }
  pdf.table({{"种类 kind", 0.12},
             {"日期 date", 0.12},
             {"文件 file", 0.30},
             {"字节 bytes", 0.10},
             {"SHA-256", 0.36, true}},
            rows);
}

void add_proof(Pdf& pdf, const PackContents& contents) {
  pdf.heading("六、证明 Proof");
  pdf.paragraph(
      "本摘要只是读物。facts.jsonl 中每条事实都在机构公开的只增日志中有承诺值；proofs/ "
      "是其证明，check.sh 与 "
      "check.go 可离线核对。检查点由日志私钥签名，公钥应另从机构公布处取得并与此处对照。");
  pdf.pairs(
      {{"日志 log", contents.origin},
       {"公钥 vkey", contents.vkey},
       {"检查点 checkpoint", fmt::format("大小 {}，根 {}", contents.tree_size, contents.root)},
       {"事实 facts", fmt::format("{} 条，已封存", contents.facts.size())}});
  if (contents.waiting > 0)
    pdf.note(fmt::format("另有 {} 条事实在制作时尚未封存，不在本包内；封存后可再制作。",
                         contents.waiting));
  std::vector<std::vector<std::string>> rows;
  for (const std::string& file : contents.pack_files) rows.push_back({file});
  if (!rows.empty()) pdf.table({{"当时有效的规则包 policy packs then in force", 1.0, true}}, rows);
}

}  // namespace

kernel::Result<std::string> render_summary(const PackContents& contents) {
  CHECK(contents.words != nullptr);
  Pdf pdf({.title = "催收案件证据包",
           .subtitle = "衡收 Evenhand · 证据包摘要 Evidence pack summary",
           .footer = fmt::format("{} · {} 制作 · 树 {} · 根 {}…",
                                 contents.cases.front().customer_no, short_time(contents.made_at),
                                 contents.tree_size, contents.root.substr(0, 12)),
           .made_at = contents.made_at});
  pdf.pairs({{"用途 purpose", purpose_zh(contents.request.purpose)},
             {"事实日期 days", days_of(contents.request)},
             {"制作 made", short_time(contents.made_at) + "，" + contents.request.by}});
  pdf.heading("一、案件 Case");
  for (const PackCase& one : contents.cases) add_case(pdf, one, *contents.words);
  add_facts(pdf, contents, "二、联系、许可与不许可 Contacts, permits, refusals", is_contact,
            "没有联系记录。 None.");
  add_facts(
      pdf, contents, "三、承诺、暂停与投诉 Promises, holds, complaints",
      [](const std::string& kind) { return is_hold(kind) || kind == "promise_made"; },
      "没有。 None.");
  add_facts(
      pdf, contents, "四、其他事实 Other facts",
      [](const std::string& kind) {
        return !is_contact(kind) && !is_hold(kind) && kind != "promise_made";
      },
      "没有。 None.");
  add_documents(pdf, contents);
  add_proof(pdf, contents);
  return pdf.finish();
}

}  // namespace evidence
