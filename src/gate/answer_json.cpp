#include <boost/describe/class.hpp>

#include "gate/types.h"
#include "http/json.h"

namespace gate {

namespace {

struct AskIn {
  std::string customer_no, channel, purpose;
  std::optional<std::string> contact_point_id, number, script, asker, idempotency_key;
  std::optional<bool> says_debt, dry, recording_ready;
  std::optional<int> visitors;
  std::optional<kernel::Instant> at;
};
BOOST_DESCRIBE_STRUCT(AskIn, (),
                      (customer_no, channel, purpose, contact_point_id, number, script, asker,
                       idempotency_key, says_debt, dry, recording_ready, visitors, at))

struct AskOut {
  bool allowed = false;
  std::string customer_no, contact_point_id;
  bool dry = false;
  std::optional<std::string> permit_id;
  std::optional<kernel::Instant> expires_at;
  bool repeated = false;
  kernel::Instant asked_at;
  int contacts_left_today = 0, attempts_left_today = 0;
  std::optional<kernel::Instant> allowed_at;
  std::vector<Refusal> refusals;
  std::vector<PackRef> packs;
};
BOOST_DESCRIBE_STRUCT(AskOut, (),
                      (allowed, customer_no, contact_point_id, dry, permit_id, expires_at, repeated,
                       asked_at, contacts_left_today, attempts_left_today, allowed_at, refusals,
                       packs))

AskOut render(const AskIn& in, Reply reply) {
  AskOut out{.allowed = reply.answer.allowed,
             .customer_no = in.customer_no,
             .contact_point_id = in.contact_point_id.value_or(""),
             .dry = in.dry.value_or(false),
             .repeated = reply.repeated,
             .asked_at = reply.answer.asked_at,
             .contacts_left_today = reply.answer.contacts_left_today,
             .attempts_left_today = reply.answer.attempts_left_today,
             .allowed_at = reply.answer.allowed_at,
             .refusals = std::move(reply.answer.refusals),
             .packs = std::move(reply.answer.packs)};
  if (reply.permit) {
    out.permit_id = std::to_string(reply.permit->bound().permit_id.value());
    out.expires_at = reply.permit->bound().expires_at;
    out.contact_point_id = reply.permit->bound().contact_point_id;
  }
  return out;
}

kernel::Result<AskOut> answer_one(store::Store& store, const Gate& gate, const AskIn& in,
                                  kernel::Instant now) {
  const bool dry = in.dry.value_or(false);
  if (in.at && !dry)
    return kernel::Error{kernel::Code::invalid_input,
                         "'at' is for dry questions only: a permit is always asked for now", "at"};
  if (!in.contact_point_id && !in.number)
    return kernel::Error{kernel::Code::invalid_input, "give contact_point_id or number",
                         "contact_point_id"};
  Request request{.customer_no = in.customer_no,
                  .contact_point_id = in.contact_point_id.value_or(""),
                  .number = in.number.value_or(""),
                  .channel = in.channel,
                  .purpose = in.purpose,
                  .script = in.script.value_or(""),
                  .says_debt = in.says_debt.value_or(true),
                  .visitors = in.visitors.value_or(0),
                  .asker = in.asker.value_or("machine:cli"),
                  .idempotency_key = in.idempotency_key.value_or("")};
  if (request.asker.starts_with("machine:"))
    request.vouched =
        AskerFacts{.kind = "machine", .recording_ready = in.recording_ready.value_or(true)};
  if (dry) {
    TRY_ASSIGN(Answer answer, store.read([&](store::Transaction& tx) {
      return gate.question(tx, request, in.at.value_or(now));
    }));
    return render(in, Reply{.answer = std::move(answer), .permit = {}});
  }
  TRY_ASSIGN(Reply reply,
             store.transact([&](store::Transaction& tx) { return gate.ask(tx, request, now); }));
  return render(in, std::move(reply));
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

kernel::Result<std::string> answer_lines(store::Store& store, const Gate& gate,
                                         std::string_view json, kernel::Instant now) {
  std::string out;
  int line_no = 0;
  while (!json.empty()) {
    const std::size_t end = json.find('\n');
    const std::string_view line = trim(json.substr(0, end));
    json.remove_prefix(end == json.npos ? json.size() : end + 1);
    ++line_no;
    if (line.empty()) continue;
    auto in = http::parse_json<AskIn>(line);
    if (!in) {
      kernel::Error error = in.error();
      error.where = "line " + std::to_string(line_no) + " " + error.where;
      return error;
    }
    TRY_ASSIGN(const AskOut answer, answer_one(store, gate, *in, now));
    out += http::write_json(answer) + "\n";
  }
  return out;
}

}  // namespace

kernel::Result<std::string> answer_json(store::Store& store, const Gate& gate,
                                        std::string_view json, kernel::Instant now) {
  json = trim(json);
  if (json.starts_with('[')) {
    TRY_ASSIGN(const std::vector<AskIn> all, http::parse_json<std::vector<AskIn>>(json));
    std::vector<AskOut> answers;
    for (const AskIn& in : all) {
      TRY_ASSIGN(AskOut answer, answer_one(store, gate, in, now));
      answers.push_back(std::move(answer));
    }
    return http::write_json(answers) + "\n";
  }
  // One object, over as many lines as it likes, or one a line.
  if (const auto one = http::parse_json<AskIn>(json)) {
    TRY_ASSIGN(const AskOut answer, answer_one(store, gate, *one, now));
    return http::write_json(answer) + "\n";
  }
  if (json.find('\n') == json.npos) return http::parse_json<AskIn>(json).error();
  return answer_lines(store, gate, json, now);
}

}  // namespace gate
