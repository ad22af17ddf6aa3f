#include "gate/bodies.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <type_traits>

namespace gate {

namespace {

// Writes one JSON object. Keys are ours and need no escapes.
class Object {
 public:
  Object& text(std::string_view key, std::string_view value) {
    name(key);
    quote(value);
    return *this;
  }
  Object& flag(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  Object& number(std::string_view key, std::int64_t value) {
    name(key);
    digits(value);
    return *this;
  }
  Object& id(std::string_view key, std::int64_t value) {  // a text: JavaScript ends at 2^53
    name(key);
    out_ += '"';
    digits(value);
    out_ += '"';
    return *this;
  }
  Object& instant(std::string_view key, kernel::Instant value) { return text(key, value.format()); }
  Object& raw(std::string_view key, std::string_view json) {
    name(key);
    out_ += json;
    return *this;
  }
  Object& texts(std::string_view key, const std::vector<std::string>& values) {
    name(key);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      quote(values[i]);
    }
    out_ += ']';
    return *this;
  }
  std::string close() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void name(std::string_view key) {
    if (out_.size() > 1) out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }
  void digits(std::int64_t value) {
    std::array<char, 24> buffer{};
    out_.append(buffer.data(),
                std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
  }
  void quote(std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out_ += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (byte < 0x20) {
        out_ += "\\u00";
        out_ += hex[byte >> 4];
        out_ += hex[byte & 15];
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  std::string out_ = "{";
};

void write_fact(Object& object, const FactField& field, const Facts& facts) {
  std::visit(
      [&](auto member) {
        const auto& value = facts.*member;
        using T = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string>)
          object.text(field.name, value);
        else if constexpr (std::is_same_v<T, bool>)
          object.flag(field.name, value);
        else if constexpr (std::is_same_v<T, int>)
          object.number(field.name, value);
        else if constexpr (std::is_same_v<T, std::optional<int>>)
          value ? object.number(field.name, *value) : object.raw(field.name, "null");
        else
          object.texts(field.name, value);
      },
      field.member);
}

// Facts that are counted from contacts and attempts, so that imported ones can be told apart.
bool is_counted(std::string_view name) {
  static constexpr std::array<std::string_view, 12> names = {"contacts_today",
                                                             "contacts_7d",
                                                             "calls_today",
                                                             "third_party_contacts_today",
                                                             "third_party_contacts_7d",
                                                             "attempts_today",
                                                             "attempts_today_person",
                                                             "calls_7d",
                                                             "minutes_since_contact",
                                                             "days_since_conversation",
                                                             "missed_calls",
                                                             "missed_days"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string facts_json(const Facts& facts) {
  Object object;
  for (const FactField& field : fact_fields()) write_fact(object, field, facts);
  return object.close();
}

std::string imported_json(const Facts& facts) {
  Object object;
  for (const FactField& field : fact_fields())
    if (is_counted(field.name)) write_fact(object, field, facts);
  return object.close();
}

std::string packs_json(const std::vector<PackRef>& packs) {
  std::string out = "[";
  for (const PackRef& ref : packs) {
    if (out.size() > 1) out += ',';
    out += Object().text("pack", ref.pack).text("version", ref.version).close();
  }
  return out + "]";
}

std::string granted_body(const GrantedBody& body) {
  const Permit::Bound& b = body.bound;
  return Object()
      .id("permit_id", b.permit_id.value())
      .text("person", b.person_key)
      .number("nth", body.nth)
      .text("contact_point_id", b.contact_point_id)
      .text("number", b.number_index)
      .text("role", body.role)
      .text("channel", b.channel)
      .text("purpose", b.purpose)
      .text("script", b.script)
      .text("asker", b.asker)
      .flag("says_debt", b.says_debt)
      .instant("reserved_at", b.reserved_at)
      .instant("expires_at", b.expires_at)
      .raw("facts", body.facts)
      .raw("imported", body.imported)
      .raw("packs", body.packs)
      .flag("key", body.key)
      .close();
}

std::string refused_body(const RefusedBody& body) {
  std::string rules = "[";
  for (const Refusal& r : body.answer.refusals) {
    if (rules.size() > 1) rules += ',';
    rules += Object()
                 .text("code", r.code)
                 .text("pack", r.pack)
                 .text("version", r.version)
                 .text("table", r.table)
                 .text("rule_id", r.rule_id)
                 .close();
  }
  Object object;
  object.text("person", body.person_key)
      .number("nth", body.nth)
      .text("number", body.number_index)
      .text("contact_point_id", body.contact_point_id)
      .text("channel", body.request.channel)
      .text("purpose", body.request.purpose)
      .text("asker", body.request.asker)
      .flag("says_debt", body.request.says_debt)
      .raw("facts", body.facts)
      .raw("imported", body.imported)
      .raw("rules", rules + "]")
      .raw("packs", body.packs);
  if (body.answer.allowed_at)
    object.instant("allowed_at", *body.answer.allowed_at);
  else
    object.raw("allowed_at", "null");
  return object.close();
}

std::string permit_body(PermitId permit_id, std::string_view person_key, std::string_view outcome,
                        std::optional<std::int64_t> nth) {
  Object object;
  object.id("permit_id", permit_id.value()).text("person", person_key);
  if (!outcome.empty()) object.text("outcome", outcome);
  if (nth) object.number("nth", *nth);
  return object.close();
}

std::string pack_body(std::string_view pack, std::string_view version, std::string_view sha256,
                      std::string_view calendar_sha256) {
  return Object()
      .text("pack", pack)
      .text("version", version)
      .text("sha256", sha256)
      .text("calendar_sha256", calendar_sha256)
      .close();
}

std::string number_body(std::string_view person_key, std::string_view number_index) {
  return Object().text("person", person_key).text("number", number_index).close();
}

}  // namespace gate
