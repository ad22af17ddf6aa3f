#include <algorithm>
#include <set>

#include "intake/people.h"
#include "kernel/hash.h"

namespace intake {
namespace {

// Opens a sealed column; a value that does not open is a failing store, not an empty name.
template <class S>
S opened(store::Transaction& tx, std::string_view purpose, const store::Row& row, int column) {
  auto plain = [&]<class Tag>(const kernel::Secret<Tag>*) {
    return tx.vault().open_sealed<Tag>(purpose, row.blob(column));
  }(static_cast<const S*>(nullptr));
  if (!plain) throw store::Failure(plain.error(), false, false);
  return std::move(*plain);
}

constexpr const char* contact_columns =
    "SELECT customer_no, contact_no, role, relation, channel, value_sealed, name_sealed, valid, "
    "source, consent, value_index, place FROM contact_point WHERE customer_no = $1";

ContactPoint read_contact(store::Transaction& tx, const store::Row& row) {
  ContactPoint point;
  point.customer_no = row.text(0);
  point.contact_no = row.text(1);
  point.role = row.text(2);
  point.relation = row.text(3);
  point.channel = row.text(4);
  point.value = opened<ContactValue>(tx, "contact_value", row, 5);
  point.name = opened<kernel::Name>(tx, "name", row, 6);
  point.valid = row.flag(7);
  point.source = row.text(8);
  point.consent = row.flag(9);
  point.value_key = kernel::hex(row.blob(10));
  point.place = row.text(11);
  return point;
}

PastContact read_past_contact(const store::Row& row) {
  return {row.text(0), row.text(1), row.instant(2), row.text(3), row.text(4), row.text(5)};
}

// A contact_point_id is customer_no:contact_no; a customer_no may hold colons, a contact_no not.
std::pair<std::string_view, std::string_view> parts_of(std::string_view contact_point_id) {
  const auto colon = contact_point_id.rfind(':');
  if (colon == contact_point_id.npos) return {contact_point_id, ""};
  return {contact_point_id.substr(0, colon), contact_point_id.substr(colon + 1)};
}

}  // namespace

std::string ContactValueTag::mask(std::string_view value) {
  const auto at = value.find('@');
  if (at != value.npos) {
    return std::string(value.substr(0, std::min<std::size_t>(at, 1))) + "****" +
           std::string(value.substr(at));
  }
  const bool number = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == ' ';
  });
  return number ? kernel::mask_phone(value) : kernel::mask_address(value);
}

std::optional<Person> load_person(store::Transaction& tx, std::string_view customer_no) {
  return tx.query_one<Person>(
      "SELECT customer_no, person_key, name_sealed, citizen_id_sealed, address_sealed, "
      "region_code, birth_date, language, jurisdiction, zone FROM customer WHERE customer_no = $1",
      {customer_no}, [&](const store::Row& row) {
        Person person;
        person.customer_no = row.text(0);
        person.person_key = row.text(1);
        person.name = opened<kernel::Name>(tx, "name", row, 2);
        person.citizen_id = opened<kernel::CitizenId>(tx, "citizen_id", row, 3);
        person.address = opened<kernel::Address>(tx, "address", row, 4);
        person.region_code = static_cast<std::int32_t>(row.i64(5));
        person.birth_date = row.opt_date(6);
        person.language = row.text(7);
        person.jurisdiction = row.text(8);
        person.zone = row.text(9);
        return person;
      });
}

std::vector<ContactPoint> load_contact_points(store::Transaction& tx,
                                              std::string_view customer_no) {
  std::vector<ContactPoint> points;
  tx.query(contact_columns, {customer_no},
           [&](const store::Row& row) { points.push_back(read_contact(tx, row)); });
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a.contact_no < b.contact_no; });
  return points;
}

std::optional<ContactPoint> load_contact_point(store::Transaction& tx,
                                               std::string_view contact_point_id) {
  const auto [customer_no, contact_no] = parts_of(contact_point_id);
  return tx.query_one<ContactPoint>(std::string(contact_columns) + " AND contact_no = $2",
                                    {customer_no, contact_no},
                                    [&](const store::Row& row) { return read_contact(tx, row); });
}

std::vector<Guarantor> load_guarantors(store::Transaction& tx, std::string_view account_no) {
  std::vector<Guarantor> all;
  tx.query(
      "SELECT account_no, guarantor_no, name_sealed, citizen_id_sealed, phone_sealed "
      "FROM guarantor WHERE account_no = $1",
      {account_no}, [&](const store::Row& row) {
        all.push_back({row.text(0), row.text(1), opened<kernel::Name>(tx, "name", row, 2),
                       opened<kernel::CitizenId>(tx, "citizen_id", row, 3),
                       opened<kernel::Phone>(tx, "phone", row, 4)});
      });
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.guarantor_no < b.guarantor_no; });
  return all;
}

std::vector<PastContact> load_past_contacts(store::Transaction& tx, std::string_view customer_no,
                                            kernel::Instant since) {
  std::vector<PastContact> all;
  tx.query(
      "SELECT customer_no, contact_no, contacted_at, channel, outcome, by FROM past_contact "
      "WHERE customer_no = $1 AND contacted_at >= $2 ORDER BY contacted_at",
      {customer_no, since}, [&](const store::Row& row) { all.push_back(read_past_contact(row)); });
  return all;
}

std::vector<std::string> load_customers_of(store::Transaction& tx, std::string_view person) {
  std::vector<std::string> all;
  tx.query("SELECT customer_no FROM customer WHERE person_key = $1", {person},
           [&](const store::Row& row) { all.push_back(row.text(0)); });
  return all;
}

std::vector<std::string> load_account_nos(store::Transaction& tx, std::string_view customer_no) {
  std::vector<std::string> all;
  tx.query("SELECT account_no FROM customer_account WHERE customer_no = $1 ORDER BY account_no",
           {customer_no}, [&](const store::Row& row) { all.push_back(row.text(0)); });
  return all;
}

Portfolio load_portfolio(store::Transaction& tx, std::string_view person) {
  Portfolio all;
  const auto add = [](std::vector<std::string>& words, std::string word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  };
  tx.query("SELECT customer_no, jurisdiction, zone FROM customer WHERE person_key = $1", {person},
           [&](const store::Row& row) {
             all.customer_nos.push_back(row.text(0));
             add(all.jurisdictions, row.text(1));
             add(all.zones, row.text(2));
           });
  for (const std::string& customer_no : all.customer_nos) {
    tx.query("SELECT DISTINCT product FROM customer_account WHERE customer_no = $1", {customer_no},
             [&](const store::Row& row) { add(all.products, row.text(0)); });
    all.own_numbers += static_cast<int>(
        tx.query_i64("SELECT COUNT(*) FROM contact_point WHERE customer_no = $1 AND role = 'self'"
                     " AND channel IN ('mobile', 'phone') AND valid = 1",
                     {customer_no})
            .value_or(0));
  }
  std::sort(all.products.begin(), all.products.end());
  return all;
}

std::vector<std::string> find_customers(store::Transaction& tx, std::string_view query) {
  const std::string_view wanted = trim(query);
  std::set<std::string> found;
  const auto add = [&](const store::Row& row) { found.insert(row.text(0)); };
  if (wanted.empty()) return {};
  tx.query("SELECT customer_no FROM customer WHERE customer_no = $1", {wanted}, add);
  const std::string form = index_form(wanted);
  const auto indexed = [&](std::string_view purpose, std::string_view plain, std::string_view sql) {
    const std::string index = tx.vault().index_bytes(purpose, plain);
    tx.query(sql, {store::Blob{index}}, add);
  };
  indexed("name", form, "SELECT customer_no FROM customer WHERE name_index = $1");
  indexed("citizen_id", form, "SELECT customer_no FROM customer WHERE citizen_id_index = $1");
  // A number is looked up in the form it was imported in.
  Scratch scratch;
  Context context{.scratch = &scratch};
  Cell phone;
  const FieldSpec any_phone{.name = "phone", .type = FieldType::phone};
  const bool is_phone = check_field(any_phone, Value{.text = wanted}, phone, context);
  indexed("contact_value", is_phone ? phone.text : std::string_view(form),
          "SELECT customer_no FROM contact_point WHERE value_index = $1");
  return {found.begin(), found.end()};
}

void for_each_shared_number(
    store::Transaction& tx,
    const std::function<void(const std::vector<std::string>& customer_nos)>& row) {
  std::string number;
  std::vector<std::string> customers;
  const auto tell = [&] {
    if (customers.size() > 1) row(customers);
    customers.clear();
  };
  tx.query(
      "SELECT DISTINCT value_index, customer_no FROM contact_point"
      " WHERE valid = 1 AND channel IN ('mobile', 'phone') AND value_index IN"
      " (SELECT value_index FROM contact_point WHERE valid = 1 AND channel IN ('mobile', 'phone')"
      "  GROUP BY value_index HAVING COUNT(DISTINCT customer_no) > 1)"
      " ORDER BY value_index, customer_no",
      {}, [&](const store::Row& found) {
        if (std::string value = found.blob(0); value != number) {
          tell();
          number = std::move(value);
        }
        customers.push_back(found.text(1));
      });
  tell();
}

void for_each_person(store::Transaction& tx,
                     const std::function<void(std::string_view, std::string_view)>& each) {
  tx.query("SELECT customer_no, person_key FROM customer", {},
           [&](const store::Row& row) { each(row.text(0), row.text(1)); });
}

void for_each_region(store::Transaction& tx,
                     const std::function<void(std::string_view, std::int32_t)>& each) {
  tx.query(
      "SELECT customer_no, region_code FROM customer ORDER BY customer_no", {},
      [&](const store::Row& row) { each(row.text(0), static_cast<std::int32_t>(row.i64(1))); });
}

void for_each_past_contact(store::Transaction& tx, kernel::Instant since, kernel::Instant before,
                           const std::function<void(const PastContact&)>& each) {
  tx.query(
      "SELECT customer_no, contact_no, contacted_at, channel, outcome, by FROM past_contact "
      "WHERE contacted_at >= $1 AND contacted_at < $2",
      {since, before}, [&](const store::Row& row) { each(read_past_contact(row)); });
}

}  // namespace intake
