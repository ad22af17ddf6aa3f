// As in tlog/hash.cpp: EVP fetches and allocates for each digest, and a fact needs two short ones.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "evidence/entry.h"

#include <openssl/sha.h>

#include <charconv>
#include <cstring>

#include "evidence/kinds.h"
#include "http/json.h"
#include "kernel/hash.h"
#include "tlog/tile.h"

namespace evidence {

namespace {

using kernel::Code;
using kernel::Error;

void add_number(std::int64_t number, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void add_hex(std::span<const std::uint8_t> bytes, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  const std::size_t before = out.size();
  out.resize(before + 2 * bytes.size());
  char* to = out.data() + before;
  for (const std::uint8_t byte : bytes) *to++ = digits[byte >> 4], *to++ = digits[byte & 15];
}

void add_digits(int number, int width, std::string& out) {
  for (int unit = width == 6 ? 100'000 : width == 4 ? 1'000 : 10; unit > 0; unit /= 10)
    out += static_cast<char>('0' + number / unit % 10);
}

void write_time(kernel::Instant at, std::string& out) {
  constexpr std::int64_t day_us = 86'400'000'000;
  const std::int64_t us = at.micros();
  const std::int64_t days = us >= 0 ? us / day_us : (us - day_us + 1) / day_us;
  const kernel::Date date = kernel::Date::from_days(static_cast<std::int32_t>(days));
  const std::int64_t rest = us - days * day_us;
  const int seconds = static_cast<int>(rest / 1'000'000);
  add_digits(date.year(), 4, out), out += '-';
  add_digits(date.month(), 2, out), out += '-';
  add_digits(date.day(), 2, out), out += 'T';
  add_digits(seconds / 3600, 2, out), out += ':';
  add_digits(seconds / 60 % 60, 2, out), out += ':';
  add_digits(seconds % 60, 2, out), out += '.';
  add_digits(static_cast<int>(rest % 1'000'000), 6, out), out += 'Z';
}

void write_canonical(const FactView& fact, std::string_view time, std::string& out) {
  out += R"({"id":")";
  add_number(fact.fact_id.value(), out);
  out += R"(","kind":)";
  http::write_text(fact.kind, out);
  out += R"(,"subject":)";
  http::write_text(fact.subject, out);
  out += R"(,"made_by":)";
  http::write_text(fact.made_by, out);
  out += R"(,"made_at":")";
  out += time;
  out += R"(","body":)";
  out += fact.body;
  out += '}';
}

// The text of a JSON string as it stands, quotes included; nothing where it is not a string.
std::optional<std::string> text_of(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return std::nullopt;
  const std::string_view inner = value.substr(1, value.size() - 2);
  if (inner.find('\\') == inner.npos) return std::string(inner);
  const auto parsed = http::parse_json<std::string>(value);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

// The value of a member as it stands; empty where there is none.
std::string_view member_of(std::string_view object, std::string_view name) {
  std::string_view found;
  each_member(object, [&](std::string_view key, std::string_view value) {
    if (key == name) found = value;
  });
  return found;
}

// One JSON value from `at` on: where it ends; npos where it does not.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  int depth = 0;
  bool text = false;
  for (; at < json.size(); ++at) {
    const char c = json[at];
    if (text) {
      if (c == '\\') ++at;
      if (c == '"') text = false;
    } else if (c == '"') {
      text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;
      --depth;
    } else if (c == ',' && depth == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool each_member(std::string_view object,
                 const std::function<void(std::string_view, std::string_view)>& member) {
  if (object.size() < 2 || object.front() != '{' || object.back() != '}') return false;
  if (object == "{}") return true;
  for (std::size_t at = 1; at < object.size();) {
    if (object[at] != '"') return false;
    const std::size_t name_end = object.find('"', at + 1);
    if (name_end == object.npos || object.substr(name_end, 2) != "\":") return false;
    const std::string_view name = object.substr(at + 1, name_end - at - 1);
    const std::size_t end = end_of_value(object, name_end + 2);
    if (end == object.npos || end == name_end + 2) return false;
    member(name, object.substr(name_end + 2, end - name_end - 2));
    if (object[end] == '}') return end + 1 == object.size();
    at = end + 1;
  }
  return false;
}

std::string log_time(kernel::Instant at) {
  std::string text;
  write_time(at, text);
  return text;
}

void add_shown_subjects(const FactView& fact, std::vector<std::string>& into) {
  for (const PublicField& field : public_fields(fact.kind)) {
    if (field.ref_of.empty()) continue;
    const auto value = text_of(member_of(fact.body, field.name));
    if (value && !value->empty()) into.push_back(std::string(field.ref_of) + ":" + *value);
  }
}

void add_subjects(const FactView& fact, std::vector<std::string>& into) {
  into.emplace_back(fact.subject);
  add_shown_subjects(fact, into);
}

std::string canonical_fact(const FactView& fact) {
  std::string out;
  write_canonical(fact, log_time(fact.made_at), out);
  return out;
}

Salt salt_of(const LogKey& key, store::FactId fact_id) {
  std::array<std::uint8_t, 40> message;
  std::memcpy(message.data(), key.key.data(), 32);
  for (int i = 0; i < 8; ++i)
    message[32 + static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(fact_id.value() >> (56 - 8 * i));
  Salt salt;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, message.data(), message.size());
  SHA256_Final(salt.data(), &context);
  return salt;
}

tlog::Hash commitment(const Salt& salt, std::string_view canonical) {
  tlog::Hash hash;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, commit_prefix.data(), commit_prefix.size());
  SHA256_Update(&context, salt.data(), salt.size());
  SHA256_Update(&context, canonical.data(), canonical.size());
  SHA256_Final(hash.data(), &context);
  return hash;
}

// A night's facts are all of one moment.
const std::string& EntryMaker::time_text(kernel::Instant at) {
  if (time_text_.empty() || at != time_) {
    time_text_.clear();
    write_time(at, time_text_);
    time_ = at;
  }
  return time_text_;
}

std::string_view EntryMaker::make(const FactView& fact, const LogKey& key, const KeyOf& key_of) {
  const std::string& time = time_text(fact.made_at);
  canonical_.clear();
  write_canonical(fact, time, canonical_);
  const tlog::Hash commit = commitment(salt_of(key, fact.fact_id), canonical_);
  entry_.assign(R"({"v":1,"id":")");
  add_number(fact.fact_id.value(), entry_);
  entry_ += R"(","kind":)";
  http::write_text(fact.kind, entry_);
  entry_ += R"(,"at":")";
  entry_ += time;
  entry_ += R"(","subject":")";
  add_hex(key.ref, entry_);
  entry_ += R"(","commit":")";
  tlog::add_base64(tlog::bytes_of(commit), entry_);
  entry_ += R"(","public":)";
  const std::size_t before = entry_.size();
  add_public(fact, key_of);
  if (entry_.size() >= tlog::longest_entry) {
    entry_.resize(before);
    entry_ += R"({"cut":true})";
  }
  return entry_ += '}';
}

void EntryMaker::add_public(const FactView& fact, const KeyOf& key_of) {
  entry_ += '{';
  bool first = true;
  for (const PublicField& field : public_fields(fact.kind)) {
    const std::string_view value = member_of(fact.body, field.name);
    if (value.empty()) continue;
    entry_ += first ? "\"" : ",\"";
    first = false;
    entry_ += field.name;
    entry_ += "\":";
    if (field.ref_of.empty()) {
      entry_ += value;
      continue;
    }
    const auto text = text_of(value);
    const LogKey* key = nullptr;
    if (text && !text->empty()) key = key_of(std::string(field.ref_of) + ":" + *text);
    entry_ += '"';
    if (key != nullptr) add_hex(key->ref, entry_);
    entry_ += '"';
  }
  entry_ += '}';
}

kernel::Result<Entry> parse_entry(std::string_view bytes) {
  static constexpr std::array<std::string_view, 7> names = {"v",       "id",     "kind",  "at",
                                                            "subject", "commit", "public"};
  std::array<std::string_view, names.size()> values;
  std::size_t count = 0;
  const bool object = each_member(bytes, [&](std::string_view name, std::string_view value) {
    if (count < names.size() && name == names[count]) values[count] = value;
    ++count;
  });
  const Error bad{Code::corrupt, "not an entry of this log", std::string(bytes.substr(0, 80))};
  if (!object || count != names.size() || values[0] != "1") return bad;
  Entry entry;
  const auto id = text_of(values[1]), kind = text_of(values[2]), at = text_of(values[3]),
             subject = text_of(values[4]), commit = text_of(values[5]);
  if (!id || !kind || !at || !subject || !commit || values[6].empty()) return bad;
  TRY_ASSIGN(const std::uint64_t number, tlog::parse_decimal(*id));
  TRY_ASSIGN(entry.commit, tlog::parse_base64_hash(*commit));
  entry.fact_id = store::FactId(static_cast<std::int64_t>(number));
  entry.kind = *kind, entry.at = *at, entry.subject = *subject;
  entry.shown = std::string(values[6]);
  return entry;
}

}  // namespace evidence
