#include "intake/people.h"
#include "kernel/hash.h"

namespace intake {
namespace {

// Not the key of any imported row: the next import of this record writes it anew.
const std::string no_row_key(16, '\0');

void upsert(store::Transaction& tx, const PeopleSpec& spec, const store::Params& params) {
  std::string sql = "INSERT INTO " + std::string(spec.table) + " (", values, updates, keys;
  for (std::size_t i = 0; i < spec.columns.size(); ++i) {
    const std::string column(spec.columns[i]);
    sql += (i ? ", " : "") + column;
    values += (i ? ", $" : "$") + std::to_string(i + 1);
    if (i < spec.keys) {
      keys += (i ? ", " : "") + column;
    } else {
      updates += (i > spec.keys ? ", " : "") + column + " = excluded." + column;
    }
  }
  tx.execute(sql + ") VALUES (" + values + ") ON CONFLICT (" + keys + ") DO UPDATE SET " + updates,
             params);
}

}  // namespace

void save_person(store::Transaction& tx, const Person& person) {
  const store::Vault& vault = tx.vault();
  const auto index = [&](std::string_view purpose, const auto& secret) {
    return secret.empty() ? std::string() : vault.index(purpose, secret);
  };
  const auto or_null = [](const std::string& bytes) {
    return bytes.empty() ? store::Param(nullptr) : store::Param(store::Blob{bytes});
  };
  const std::string key = person_key(vault, person.customer_no, person.citizen_id);
  const std::string name = vault.seal("name", person.name);
  const std::string citizen_id = vault.seal("citizen_id", person.citizen_id);
  const std::string address = vault.seal("address", person.address);
  const std::string name_index = index("name", person.name);
  const std::string citizen_id_index = index("citizen_id", person.citizen_id);
  upsert(tx, people_spec(KindId::customers),
         {person.customer_no, key, store::Blob{name}, or_null(name_index), store::Blob{citizen_id},
          or_null(citizen_id_index), store::Blob{address}, std::int64_t{person.region_code},
          person.birth_date,
          person.language.empty() ? std::string_view("zh-CN") : std::string_view(person.language),
          person.jurisdiction, person.zone, store::Blob{no_row_key}});
}

void save_contact_point(store::Transaction& tx, const ContactPoint& point) {
  const store::Vault& vault = tx.vault();
  const std::string value = vault.seal("contact_value", point.value);
  const std::string value_index = vault.index("contact_value", point.value);
  const std::string name = vault.seal("name", point.name);
  upsert(tx, people_spec(KindId::contacts),
         {point.customer_no, point.contact_no, point.role, point.relation, point.channel,
          store::Blob{value}, store::Blob{value_index}, store::Blob{name}, point.valid,
          point.source, point.consent, point.place, store::Blob{no_row_key}});
}

void set_contact_valid(store::Transaction& tx, std::string_view contact_point_id, bool valid) {
  const auto colon = contact_point_id.rfind(':');
  CHECK_MSG(colon != contact_point_id.npos, "a contact_point_id is customer_no:contact_no");
  tx.execute("UPDATE contact_point SET valid = $1 WHERE customer_no = $2 AND contact_no = $3",
             {valid, contact_point_id.substr(0, colon), contact_point_id.substr(colon + 1)});
}

}  // namespace intake
