#include "intake/kinds.h"

#include "kernel/check.h"

namespace intake {
namespace {

constexpr std::int64_t fen_max =
    1'000'000'000'00;  // a billion yuan: ten million of them still add up
constexpr std::int64_t key_bytes = 64, text_bytes = 400;

FieldSpec key(const char* name) {
  return {.name = name, .type = FieldType::text, .highest = key_bytes};
}
FieldSpec text(const char* name, bool required = false) {
  return {.name = name, .type = FieldType::text, .required = required, .highest = text_bytes};
}
FieldSpec personal(const char* name, bool required = false) {
  return {.name = name,
          .type = FieldType::text,
          .required = required,
          .personal = true,
          .highest = text_bytes};
}
FieldSpec phone(const char* name) {
  return {
      .name = name, .type = FieldType::phone, .required = false, .personal = true, .highest = 32};
}
FieldSpec money(const char* name, std::int64_t lowest = 0) {
  return {.name = name,
          .type = FieldType::money,
          .lowest = lowest,
          .highest = fen_max,
          .column = column::Type::i64};
}
FieldSpec integer(const char* name, std::int64_t lowest, std::int64_t highest, column::Type column,
                  bool required = true) {
  return {.name = name,
          .type = FieldType::integer,
          .required = required,
          .lowest = lowest,
          .highest = highest,
          .column = column};
}
FieldSpec date(const char* name, bool required = true) {
  return {.name = name, .type = FieldType::date, .required = required, .column = column::Type::i32};
}
FieldSpec word(const char* name, std::vector<const char*> words = {}) {
  return {.name = name,
          .type = FieldType::word,
          .highest = key_bytes,
          .words = std::move(words),
          .column = column::Type::code};
}
FieldSpec optional_word(const char* name, std::vector<const char*> words) {
  FieldSpec spec = word(name, std::move(words));
  spec.required = false;
  return spec;
}
FieldSpec flag(const char* name) {
  return {.name = name, .type = FieldType::flag};
}

FieldSpec moment(const char* name) {
  return {.name = name, .type = FieldType::time};
}

std::vector<KindSpec> make() {
  using column::Type;
  return {
      {KindId::customers,
       "customers",
       true,
       {key("customer_no"), personal("name"), personal("citizen_id"),
        integer("region_code", 110000, 829999, Type::i32, false), personal("address"),
        date("birth_date", false), text("language"),
        optional_word("jurisdiction", {"CN", "US", "UK"}), text("zone")},
       {0}},
      {KindId::accounts,
       "accounts",
       false,
       {key("account_no"), key("customer_no"),
        word("product", {"card", "card_instalment", "online_loan"}), date("opened_on"),
        money("credit_limit_fen"), integer("daily_rate_ppm", 0, 1'000'000, Type::i32),
        integer("billing_day", 1, 31, Type::i8), word("status", {"open", "closed", "charged_off"})},
       {0},
       1},
      {KindId::balances,
       "balances",
       false,
       {key("account_no"), date("as_of"), money("principal_fen", -fen_max), money("interest_fen"),
        money("late_fee_fen"), money("instalment_fee_fen"), money("cost_fen"), money("overdue_fen"),
        money("min_due_fen"), date("oldest_due_date", false), date("next_due_date", false)},
       {0, 1},
       -1,
       0},
      {KindId::contacts,
       "contacts",
       true,
       {key("customer_no"), key("contact_no"),
        word("role", {"self", "guarantor", "contact_person", "other"}), text("relation"),
        word("channel", {"mobile", "phone", "email", "address"}), personal("value", true),
        personal("name"), flag("valid"), text("source"), flag("consent"),
        optional_word("place", {"home", "work"})},
       {0, 1},
       0},
      {KindId::guarantors,
       "guarantors",
       true,
       {key("account_no"), key("guarantor_no"), personal("name"), personal("citizen_id"),
        phone("phone")},
       {0, 1},
       -1,
       0},
      {KindId::instalments,
       "instalments",
       false,
       {key("account_no"), integer("period", 1, 1000, Type::i16), date("due_date"),
        money("principal_fen"), money("fee_fen"), money("paid_fen")},
       {0, 1},
       -1,
       0},
      {KindId::payments,
       "payments",
       false,
       {key("payment_no"), key("account_no"), date("paid_on"), money("amount_fen"),
        word("channel")},
       {0},
       -1,
       1},
      {KindId::past_contacts,
       "past_contacts",
       true,
       {key("customer_no"), key("contact_no"), moment("contacted_at"), word("channel"),
        word("outcome"), text("by")},
       {0, 1, 2},
       0},
  };
}

}  // namespace

int KindSpec::field(std::string_view wanted) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (wanted == fields[i].name) return static_cast<int>(i);
  }
  return -1;
}

const std::vector<KindSpec>& kinds() {
  static const std::vector<KindSpec> all = make();
  return all;
}

const KindSpec& kind_of(KindId id) {
  const KindSpec& kind = kinds()[static_cast<std::size_t>(id)];
  CHECK(kind.id == id);
  return kind;
}

const KindSpec* find_kind(std::string_view name) {
  for (const KindSpec& kind : kinds()) {
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

}  // namespace intake
