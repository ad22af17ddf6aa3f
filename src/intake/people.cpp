#include "intake/people.h"

#include <cstring>
#include <future>

#include "kernel/hash.h"

namespace intake {
namespace {

using store::Vault;
using Values = std::vector<SqlValue>;

constexpr std::size_t chunk_rows = 4096;
// Below this the few keys are asked for one by one; above, all are read once.
constexpr std::size_t few_rows = 2000;

SqlValue text_value(std::string_view text) {
  return {SqlValue::Kind::text, 0, std::string(text)};
}
SqlValue number_value(std::int64_t number) {
  return {SqlValue::Kind::number, number, {}};
}
SqlValue blob_value(std::string bytes) {
  return {SqlValue::Kind::blob, 0, std::move(bytes)};
}

template <class S>
SqlValue sealed(const Vault& vault, std::string_view purpose, std::string_view plain) {
  return blob_value(vault.seal(purpose, S::take(std::string(plain))));
}
// Nothing to look up when there is nothing.
SqlValue indexed(const Vault& vault, std::string_view purpose, std::string_view plain) {
  if (plain.empty()) return {};
  return blob_value(vault.index_bytes(purpose, index_form(plain)));
}

// Digits 7 to 14 of a resident's id (GB 11643) are the date of birth.
SqlValue birth_date(const Table& table, std::size_t row, std::string_view citizen_id) {
  if (!table.absent(5, row)) return number_value(table.number(5, row));
  std::int64_t days = 0;
  Problem ignored;
  if (citizen_id.size() != 18 || !parse_date(citizen_id.substr(6, 8), "YYYYMMDD", days, ignored)) {
    return {};
  }
  return number_value(days);
}

void customer_values(const Table& t, std::size_t row, const Vault& vault, Values& out) {
  const std::string_view customer_no = t.text(0, row);
  const std::string citizen_id = index_form(t.text(2, row));
  const auto language = t.text(6, row);
  const SqlValue citizen_index = indexed(vault, "citizen_id", citizen_id);
  out.push_back(text_value(customer_no));
  out.push_back(text_value(citizen_id.empty()
                               ? person_key(vault, customer_no, kernel::CitizenId::take(""))
                               : kernel::hex(citizen_index.bytes)));
  out.push_back(sealed<kernel::Name>(vault, "name", t.text(1, row)));
  out.push_back(indexed(vault, "name", t.text(1, row)));
  out.push_back(sealed<kernel::CitizenId>(vault, "citizen_id", citizen_id));
  out.push_back(citizen_index);
  out.push_back(sealed<kernel::Address>(vault, "address", t.text(4, row)));
  out.push_back(number_value(t.number(3, row)));
  out.push_back(birth_date(t, row, citizen_id));
  out.push_back(text_value(language.empty() ? "zh-CN" : language));
  const auto jurisdiction = t.text(7, row);
  out.push_back(text_value(jurisdiction.empty() ? "CN" : jurisdiction));
  out.push_back(text_value(t.text(8, row)));
}

void contact_values(const Table& t, std::size_t row, const Vault& vault, Values& out) {
  for (std::size_t field = 0; field < 5; ++field) out.push_back(text_value(t.text(field, row)));
  out.push_back(sealed<ContactValue>(vault, "contact_value", t.text(5, row)));
  out.push_back(indexed(vault, "contact_value", t.text(5, row)));
  out.push_back(sealed<kernel::Name>(vault, "name", t.text(6, row)));
  out.push_back(number_value(t.number(7, row)));
  out.push_back(text_value(t.text(8, row)));
  out.push_back(number_value(t.number(9, row)));
  out.push_back(text_value(t.text(10, row)));
}

void guarantor_values(const Table& t, std::size_t row, const Vault& vault, Values& out) {
  out.push_back(text_value(t.text(0, row)));
  out.push_back(text_value(t.text(1, row)));
  out.push_back(sealed<kernel::Name>(vault, "name", t.text(2, row)));
  out.push_back(sealed<kernel::CitizenId>(vault, "citizen_id", index_form(t.text(3, row))));
  out.push_back(sealed<kernel::Phone>(vault, "phone", t.text(4, row)));
  out.push_back(indexed(vault, "contact_value", t.text(4, row)));
}

void past_contact_values(const Table& t, std::size_t row, const Vault&, Values& out) {
  out.push_back(text_value(t.text(0, row)));
  out.push_back(text_value(t.text(1, row)));
  out.push_back(number_value(t.number(2, row)));
  for (std::size_t field = 3; field < 6; ++field) out.push_back(text_value(t.text(field, row)));
}

std::string key_of(const Table& table, std::size_t row) {
  std::string key;
  for (const std::size_t field : table.kind().key) {
    if (!key.empty()) key += '\x1f';
    key += Table::is_text(table.kind().fields[field]) ? std::string(table.text(field, row))
                                                      : std::to_string(table.number(field, row));
  }
  return key;
}

// A keyed hash of the whole record: equal rows are known without opening what is sealed.
std::string row_key(const Table& table, std::size_t row, const Vault& vault) {
  std::string all;
  for (std::size_t field = 0; field < table.kind().fields.size(); ++field) {
    if (Table::is_text(table.kind().fields[field])) {
      all += table.text(field, row);
    } else if (!table.absent(field, row)) {
      all += std::to_string(table.number(field, row));
    }
    all += '\x1f';
  }
  return vault.index_bytes(table.kind().name, all);
}

std::uint64_t first_eight(std::string_view bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

const Table* next_block(TakenPeople& people) {
  kernel::Result<const Table*> block = people.next();
  if (!block) throw store::Failure(block.error(), false, false);
  return *block;
}

// Records by their keys, so that what is there already can be known a part at a time.
struct Part {
  std::uint64_t no = 0, of = 1;
  std::size_t rows = 0;  // there already, about
  bool has(const KeyHash& key) const { return of == 1 || (key.high >> 32U) % of == no; }
};

// Rows already there: key → the first eight bytes of row_key.
void load_existing(store::Transaction& tx, const PeopleSpec& spec, TakenPeople& people,
                   const Part& part, KeySet& existing) {
  const KindSpec& kind = people.kind();
  std::string sql = "SELECT row_key";
  for (std::size_t i = 0; i < spec.keys; ++i) sql += ", " + std::string(spec.columns[i]);
  sql += " FROM " + std::string(spec.table);
  const auto add = [&](const store::Row& row) {
    std::string key;
    for (std::size_t i = 0; i < spec.keys; ++i) {
      const int at = static_cast<int>(i) + 1;
      if (i > 0) key += '\x1f';
      key += Table::is_text(kind.fields[kind.key[i]]) ? row.text(at) : std::to_string(row.i64(at));
    }
    const KeyHash hash = hash_key(key);
    if (part.has(hash)) existing.put(hash, first_eight(row.blob(0)));
  };
  if (people.rows() > few_rows) {
    existing.reserve(part.rows);
    return tx.query(sql, {}, add);
  }
  for (std::size_t i = 0; i < spec.keys; ++i) {
    sql +=
        (i ? " AND " : " WHERE ") + std::string(spec.columns[i]) + " = $" + std::to_string(i + 1);
  }
  people.rewind();
  while (const Table* table = next_block(people)) {
    for (std::size_t row = 0; row < table->rows(); ++row) {
      store::Params keys;
      for (const std::size_t field : kind.key) {
        if (Table::is_text(kind.fields[field])) {
          keys.emplace_back(table->text(field, row));
        } else {
          keys.emplace_back(table->number(field, row));
        }
      }
      tx.query(sql, keys, add);
    }
  }
}

struct Chunk {
  std::vector<Values> fresh, changed;
  std::int64_t unchanged = 0;
  bool last = false;  // and empty
};

Chunk prepare(const PeopleSpec& spec, const Table& table, std::size_t begin, const Vault& vault,
              const Part& part, const KeySet& existing) {
  Chunk chunk;
  const std::size_t end = std::min(begin + chunk_rows, table.rows());
  for (std::size_t row = begin; row < end; ++row) {
    std::optional<std::uint64_t> before;
    if (existing.size() > 0 || part.of > 1) {
      const KeyHash hash = hash_key(key_of(table, row));
      if (!part.has(hash)) continue;
      before = existing.find(hash);
    }
    std::string key = row_key(table, row, vault);
    if (before && *before == first_eight(key)) {
      ++chunk.unchanged;
      continue;
    }
    Values values;
    values.reserve(spec.columns.size());
    spec.values(table, row, vault, values);
    values.push_back(blob_value(std::move(key)));
    CHECK(values.size() == spec.columns.size());
    (before ? chunk.changed : chunk.fresh).push_back(std::move(values));
  }
  return chunk;
}

void update(store::Transaction& tx, const PeopleSpec& spec, const Values& values) {
  std::string sql = "UPDATE " + std::string(spec.table) + " SET ";
  store::Params params;
  const auto assign = [&](std::size_t i) {
    params.push_back(values[i].param());
    return std::string(spec.columns[i]) + " = $" + std::to_string(params.size());
  };
  for (std::size_t i = spec.keys; i < values.size(); ++i)
    sql += (i > spec.keys ? ", " : "") + assign(i);
  for (std::size_t i = 0; i < spec.keys; ++i) sql += (i ? " AND " : " WHERE ") + assign(i);
  tx.execute(sql, params);
}

}  // namespace

store::Param SqlValue::param() const {
  switch (kind) {
    case Kind::number:
      return number;
    case Kind::text:
      return std::string_view(bytes);
    case Kind::blob:
      return store::Blob{bytes};
    case Kind::null:
      break;
  }
  return nullptr;
}

std::string index_form(std::string_view text) {
  std::string form;
  for (const char c : text) {
    if (c != ' ') form += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return form;
}

std::string person_key(const Vault& vault, std::string_view customer_no,
                       const kernel::CitizenId& citizen_id) {
  return kernel::hex(citizen_id.empty()
                         ? vault.index_bytes("person", "customer:" + std::string(customer_no))
                         : vault.index("citizen_id", citizen_id));
}

const PeopleSpec& people_spec(KindId kind) {
  static const std::vector<PeopleSpec> all = {
      {KindId::customers,
       "customer",
       {"customer_no", "person_key", "name_sealed", "name_index", "citizen_id_sealed",
        "citizen_id_index", "address_sealed", "region_code", "birth_date", "language",
        "jurisdiction", "zone", "row_key"},
       1,
       customer_values},
      {KindId::contacts,
       "contact_point",
       {"customer_no", "contact_no", "role", "relation", "channel", "value_sealed", "value_index",
        "name_sealed", "valid", "source", "consent", "place", "row_key"},
       2,
       contact_values},
      {KindId::guarantors,
       "guarantor",
       {"account_no", "guarantor_no", "name_sealed", "citizen_id_sealed", "phone_sealed",
        "phone_index", "row_key"},
       2,
       guarantor_values},
      {KindId::past_contacts,
       "past_contact",
       {"customer_no", "contact_no", "contacted_at", "channel", "outcome", "by", "row_key"},
       3,
       past_contact_values},
  };
  for (const PeopleSpec& spec : all) {
    if (spec.kind == kind) return spec;
  }
  CHECK_MSG(false, "not a people kind");
  return all.front();
}

namespace {

void save_part(store::Transaction& tx, const PeopleSpec& spec, TakenPeople& people,
               const Part& part, PeopleCount& count) {
  const Vault& vault = tx.vault();
  KeySet existing;
  load_existing(tx, spec, people, part, existing);

  // Chunks are made beside the insertion, one ahead; a block is left when its last one is made.
  people.rewind();
  const Table* block = next_block(people);
  std::size_t begin = 0;
  const auto make = [&] {
    while (block && begin >= block->rows()) {
      block = next_block(people);
      begin = 0;
    }
    if (!block) return Chunk{.fresh = {}, .changed = {}, .last = true};
    Chunk chunk = prepare(spec, *block, begin, vault, part, existing);
    begin += chunk_rows;
    return chunk;
  };
  std::vector<Values> changed;
  std::size_t at = 0;
  Chunk now;
  std::future<Chunk> next = std::async(std::launch::async, make);
  const auto fresh = [&](store::Params& row) {
    while (at == now.fresh.size()) {
      if (now.last || changed.size() >= chunk_rows) return false;
      now = next.get();
      at = 0;
      if (!now.last) next = std::async(std::launch::async, make);
      count.accepted += static_cast<std::int64_t>(now.fresh.size() + now.changed.size());
      count.unchanged += now.unchanged;
      std::move(now.changed.begin(), now.changed.end(), std::back_inserter(changed));
    }
    for (const SqlValue& value : now.fresh[at]) row.push_back(value.param());
    ++at;
    return true;
  };
  while (!now.last) {
    tx.insert_many(spec.table, spec.columns, fresh);
    for (const Values& values : changed) update(tx, spec, values);
    changed.clear();
  }
}

}  // namespace

PeopleCount save_people(store::Transaction& tx, TakenPeople& people, std::size_t held_max) {
  const PeopleSpec& spec = people_spec(people.kind().id);
  Part part;
  if (people.rows() > few_rows) {
    const std::string count = "SELECT COUNT(*) FROM " + std::string(spec.table);
    const auto rows = static_cast<std::size_t>(tx.query_i64(count).value_or(0));
    part.of = rows / held_max + 1;
    part.rows = rows / part.of + rows / part.of / 64;
  }
  PeopleCount count;
  for (; part.no < part.of; ++part.no) save_part(tx, spec, people, part, count);
  return count;
}

}  // namespace intake
