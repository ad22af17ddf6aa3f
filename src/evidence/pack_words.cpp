// Facts in words, for people who read the summary of an evidence pack.

#include <fmt/format.h>

#include <boost/json.hpp>

#include "evidence/pack_summary.h"

namespace evidence {

namespace json = boost::json;

namespace {

struct Kind {
  std::string_view kind, zh;
};
constexpr Kind kinds[] = {{"permit_granted", "许可联系"},
                          {"permit_refused", "不许可联系"},
                          {"permit_used", "许可已使用"},
                          {"permit_outcome", "联系结果"},
                          {"permit_expired", "许可过期，结果不明"},
                          {"contact_attempted", "联系"},
                          {"contact_outcome", "联系结果"},
                          {"promise_made", "还款承诺"},
                          {"note_written", "备注"},
                          {"hold_set", "暂停催收"},
                          {"hold_lifted", "解除暂停"},
                          {"number_opted_out", "号码拒绝再联系"},
                          {"number_wrong_number", "号码不是本人"},
                          {"secret_disclosed", "查看个人信息"},
                          {"field_unmasked", "查看原文"},
                          {"unmask_refused", "查看原文被拒"},
                          {"looks_exported", "导出查看记录"},
                          {"document_added", "文件入档"},
                          {"document_read", "查阅文件"},
                          {"document_destroyed", "文件到期销毁"},
                          {"legal_hold_set", "法定保留"},
                          {"approval_asked", "申请审批"},
                          {"approval_given", "审批同意"},
                          {"approval_refused", "审批不同意"},
                          {"approval_withdrawn", "撤回审批申请"},
                          {"approval_expired", "审批过期"},
                          {"legal_hold_lifted", "解除法定保留"},
                          {"evidence_pack_made", "制作证据包"},
                          {"rights_request_taken", "登记权利请求"},
                          {"rights_request_decided", "答复权利请求"},
                          {"rights_copy_made", "制作个人信息副本"},
                          {"case_allotted", "分派经办人"}};

constexpr Kind outcomes[] = {{"connected_right_party", "本人接听"},
                             {"connected_third_party", "他人接听"},
                             {"promise", "承诺还款"},
                             {"refused", "拒绝沟通"},
                             {"wrong_number", "号码有误"},
                             {"sent", "已发出"},
                             {"delivered", "已送达"},
                             {"unknown", "结果不明"},
                             {"no_answer", "无人接听"},
                             {"busy", "占线"},
                             {"not_delivered", "未送达"},
                             {"not_made", "没有联系"}};
constexpr Kind purposes[] = {{"remind", "提醒"}, {"collect", "催收"}, {"negotiate", "协商"},
                             {"relay", "转告"},  {"answer", "答复"},  {"legal_notice", "法律通知"}};
constexpr Kind document_words[] = {{"recording", "录音录像"},
                                   {"letter", "函件"},
                                   {"agreement", "协议"},
                                   {"notice", "通知"},
                                   {"photo", "照片"},
                                   {"identity", "身份证明"},
                                   {"payment_receipt", "还款凭证"},
                                   {"complaint", "投诉"},
                                   {"court", "法院文书"},
                                   {"other", "其他"}};

template <std::size_t n>
std::string word_of(const Kind (&all)[n], const std::string& code) {
  for (const Kind& one : all)
    if (one.kind == code) return std::string(one.zh);
  return code;
}

std::string text_of(const json::object& body, std::string_view name) {
  const auto* found = body.if_contains(name);
  if (!found || found->is_null()) return "";
  if (found->is_string()) return std::string(found->get_string());
  return json::serialize(*found);
}

std::string join(std::vector<std::string> parts) {
  std::string all;
  for (const std::string& part : parts)
    if (!part.empty()) all += (all.empty() ? "" : "，") + part;
  return all;
}

std::string packs_of(const json::object& body) {
  std::string all;
  const auto* packs = body.if_contains("packs");
  if (!packs || !packs->is_array()) return all;
  for (const auto& pack : packs->get_array())
    if (pack.is_object())
      all += (all.empty() ? "" : " ") + text_of(pack.get_object(), "pack") + "@" +
             text_of(pack.get_object(), "version");
  return all;
}

// CN_HOURS（cn-bank-card@1234 hours_early）
std::string rules_of(const json::object& body) {
  std::string all;
  const auto* rules = body.if_contains("rules");
  if (!rules || !rules->is_array()) return all;
  for (const auto& rule : rules->get_array()) {
    if (!rule.is_object()) continue;
    const auto& one = rule.get_object();
    all += fmt::format("{}{}（{}@{} {}）", all.empty() ? "\n" : "；\n", text_of(one, "code"),
                       text_of(one, "pack"), text_of(one, "version"), text_of(one, "rule_id"));
  }
  return all;
}

std::string yuan_of(const json::object& body) {
  const auto* amount = body.if_contains("amount_fen");
  if (!amount || !amount->is_int64()) return "";
  return kernel::Money::from_fen(amount->get_int64()).format_yuan() + " 元";
}

}  // namespace

std::string document_kind_zh(const std::string& kind) {
  return word_of(document_words, kind);
}

FactWords describe_fact(const StoredFact& fact, const strategy::Words& words) {
  FactWords out{word_of(kinds, fact.fact.kind), ""};
  std::error_code bad;
  const json::value parsed = json::parse(fact.fact.body, bad);
  if (bad || !parsed.is_object()) return out;
  const json::object& body = parsed.get_object();
  const auto word = [&](const char* variable, const char* field) {
    const std::string code = text_of(body, field);
    return code.empty() ? code : words.zh(variable, code);
  };
  const std::string& kind = fact.fact.kind;
  const std::string purpose = word_of(purposes, text_of(body, "purpose"));
  const std::string permit =
      text_of(body, "permit_id").empty() ? "" : "许可号 " + text_of(body, "permit_id");
  if (kind == "permit_refused") {
    const std::string again = text_of(body, "allowed_at");
    out.detail = join({word("channel", "channel"), purpose, rules_of(body),
                       again.empty() ? "" : "此后可联系 " + again});
  } else if (kind == "permit_granted") {
    out.detail = join({word("channel", "channel"), purpose, permit, "规则包 " + packs_of(body)});
  } else if (kind == "promise_made") {
    out.detail = join({yuan_of(body), text_of(body, "due_date") + " 前"});
  } else if (kind == "hold_set" || kind == "hold_lifted") {
    const std::string until = text_of(body, "until");
    out.detail = join({word("flag", "kind"), until.empty() ? "" : "至 " + until});
  } else if (kind.starts_with("document_")) {
    const std::string sum = text_of(body, "sha256");
    out.detail = join({document_kind_zh(text_of(body, "kind")), text_of(body, "reason"),
                       sum.empty() ? "" : "SHA-256 " + sum.substr(0, 16) + "…"});
  } else {
    out.detail = join(
        {word("channel", "channel"), purpose, word_of(outcomes, text_of(body, "outcome")), permit});
  }
  return out;
}

}  // namespace evidence
