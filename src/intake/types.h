#pragma once
// What other rooms see of intake: importing files, the batches that came of it (folders of columns
// under D/intake), and the people behind the accounts (sealed rows). A batch is one file of one
// import; its folder never changes once saved. Rejected is a business no, never an Error.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"
#include "kernel/date.h"
#include "kernel/result.h"
#include "kernel/secret.h"
#include "store/store.h"

namespace intake {

const std::vector<store::Migration>& schema();
std::vector<http::Route> routes(store::Store& store);

// ---- importing ---------------------------------------------------------------------------------

struct ImportOptions {
  std::filesystem::path data_dir, mapping;
  std::vector<std::filesystem::path> files;  // in any order
  std::string imported_by;                   // "user:7", "cli"
  kernel::Instant now;
  std::optional<kernel::Date> as_of;  // in place of the mapping's [source] as_of
  bool progress = false;              // a bar on stderr; the caller knows whether it is a terminal
  // Somebody looked: a full file may be much smaller or larger than the one before.
  bool accept_size = false;
};

struct ControlTotal {
  std::string name;  // the money field
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(ControlTotal, (), (name, value))

// accepted + rejected + unchanged = records read; the totals are over accepted and unchanged.
struct KindCount {
  std::string kind;
  std::int64_t accepted = 0, rejected = 0, unchanged = 0;
  std::vector<ControlTotal> control_totals;
};
BOOST_DESCRIBE_STRUCT(KindCount, (), (kind, accepted, rejected, unchanged, control_totals))

// One bad line: where it is, what is wrong by stable code (docs/import.md lists them), what to do.
struct Rejected {
  std::string file;
  std::int64_t line = 0;       // of the file, from 1
  std::int64_t column_no = 0;  // from 1; 0 when no single column is to blame
  std::string column, field;   // the source's column name; the canonical field
  std::string value;           // as it stands in the file; masked where the field is personal
  std::string reason_code, reason, hint;
};
BOOST_DESCRIBE_STRUCT(Rejected, (),
                      (file, line, column_no, column, field, value, reason_code, reason, hint))

struct FileReport {
  std::string batch_id, file_name, state;  // imported | unchanged (the same file was in already)
  kernel::Date as_of;
  std::int64_t lines = 0;  // data lines read
  std::vector<KindCount> kinds;
  std::int64_t rejects = 0;
  std::string reject_file;               // empty when there is none
  std::vector<Rejected> first_rejected;  // the first twenty
};
BOOST_DESCRIBE_STRUCT(FileReport, (),
                      (batch_id, file_name, state, as_of, lines, kinds, rejects, reject_file,
                       first_rejected))

struct ImportReport {
  std::vector<FileReport> files;
  std::int64_t accepted = 0, rejected = 0, unchanged = 0;  // records; a bad line counts once
  std::string text() const;                                // for a terminal
  std::string json() const;
};
BOOST_DESCRIBE_STRUCT(ImportReport, (), (files, accepted, rejected, unchanged))

// Good lines of all files are in, together or not at all; bad lines are in D/rejects. An Error when
// the mapping or a file cannot be read, or when not one line was good.
kernel::Result<ImportReport> import_files(store::Store& store, const ImportOptions& options);

// ---- batches -----------------------------------------------------------------------------------

struct Batch {
  std::string batch_id, file_name, mapping;
  kernel::Date as_of;
  kernel::Instant imported_at;
  std::string imported_by;
  std::vector<KindCount> kinds;
  std::int64_t rejects = 0;
};
BOOST_DESCRIBE_STRUCT(Batch, (),
                      (batch_id, file_name, mapping, as_of, imported_at, imported_by, kinds,
                       rejects))

std::vector<Batch> load_batches(store::Transaction& tx);  // newest first
std::vector<Rejected> load_rejected(store::Transaction& tx, std::string_view batch_id);

// A folder of accounts, balances, instalments or payments. Apply in the order given (as_of, then
// the order of import): `full` replaces everything of its kind, a delta adds and replaces by key
// (account_no; account_no+as_of; account_no+period; payment_no).
// Columns: as in the canonical files; *_fen i64, dates i32 days (0 = none), product, status and
// channel codes, daily_rate_ppm i32, billing_day i8, period i16, account_no … text.
struct BatchRef {
  std::string batch_id, kind;
  kernel::Date as_of;
  std::filesystem::path folder;  // <data_dir>/intake/<batch_id>/<kind>
  bool full = false;
  std::int64_t rejected = 0;  // lines of that kind that were not taken
};
std::vector<BatchRef> load_batch_refs(store::Transaction& tx, const std::filesystem::path& data_dir,
                                      kernel::Date up_to);

// ---- payments one by one ------------------------------------------------------------------------

// A payment told the moment it is made, not by tomorrow's file. `payment_no` is the bank's own: the
// same one in a file later is the same payment.
struct ArrivedPayment {
  std::string payment_no, account_no;  // 1 to 64 bytes
  kernel::Instant paid_at;             // at most five minutes ahead of us
  kernel::Money amount_fen;            // 1 and more
  std::string channel;                 // 1 to 64 bytes, the sender's own word
};

struct Arrived {
  bool repeated = false;   // it was told before, the same in every field
  kernel::Date book_date;  // of the book that will hold it: tomorrow's, as a rule
};

// The row and the fact payment_posted. invalid_input; not_found: no such account; conflict: the
// number is another payment's.
kernel::Result<Arrived> take_payment(store::Transaction& tx, const ArrivedPayment& payment,
                                     std::string_view by, kernel::Instant now);

// From now on nothing arrives for a book up to `date`; what has becomes batches, one a day. Done
// twice it changes nothing. Only a night calls it, under its lock.
kernel::Status close_payments(store::Store& store, const std::filesystem::path& data_dir,
                              kernel::Date date, kernel::Instant now);

// ---- people ------------------------------------------------------------------------------------

// Telephone number, e-mail or postal address: masked by what it looks like.
struct ContactValueTag {
  static std::string mask(std::string_view value);
};
}  // namespace intake
// A number or an address is read for contacting somebody, under a permit that was spent.
template <>
struct kernel::OpenedBy<intake::ContactValueTag> {
  using type = kernel::ContactDisclosure;
};
namespace intake {
using ContactValue = kernel::Secret<ContactValueTag>;

struct Person {
  std::string customer_no;
  std::string person_key;  // equal for two customer numbers of one citizen id
  kernel::Name name = kernel::Name::take("");
  kernel::CitizenId citizen_id = kernel::CitizenId::take("");
  kernel::Address address = kernel::Address::take("");
  std::int32_t region_code = 0;  // GB/T 2260; 0 = not known
  std::optional<kernel::Date> birth_date;
  std::string language;             // BCP 47, "zh-CN" unless the file says otherwise
  std::string jurisdiction = "CN";  // CN | US | UK: whose law protects them
  std::string zone;                 // of decisions/zones.csv; empty: the jurisdiction's only one
};

struct ContactPoint {
  std::string customer_no, contact_no;
  std::string role;      // self | guarantor | contact_person | other
  std::string relation;  // as the client writes it: 配偶, 同事
  std::string channel;   // mobile | phone | email | address
  ContactValue value = ContactValue::take("");
  kernel::Name name = kernel::Name::take("");
  bool valid = true;
  std::string source;
  bool consent = false;
  std::string place;      // home | work | empty: not known
  std::string value_key;  // hex, equal for equal values of any person: attempts a number
  std::string contact_point_id() const { return customer_no + ":" + contact_no; }
};

struct Guarantor {
  std::string account_no, guarantor_no;
  kernel::Name name = kernel::Name::take("");
  kernel::CitizenId citizen_id = kernel::CitizenId::take("");
  kernel::Phone phone = kernel::Phone::take("");
};

struct PastContact {
  std::string customer_no, contact_no;
  kernel::Instant contacted_at;
  std::string channel, outcome, by;
};

std::optional<Person> load_person(store::Transaction& tx, std::string_view customer_no);
std::vector<ContactPoint> load_contact_points(store::Transaction& tx, std::string_view customer_no);
std::optional<ContactPoint> load_contact_point(store::Transaction& tx,
                                               std::string_view contact_point_id);
std::vector<Guarantor> load_guarantors(store::Transaction& tx, std::string_view account_no);
std::vector<PastContact> load_past_contacts(store::Transaction& tx, std::string_view customer_no,
                                            kernel::Instant since);
// Customer numbers of one person, in no order of meaning.
std::vector<std::string> load_customers_of(store::Transaction& tx, std::string_view person_key);
// Account numbers ever accepted for a customer, sorted.
std::vector<std::string> load_account_nos(store::Transaction& tx, std::string_view customer_no);
// What a person has and where they live, over all their customer numbers; nothing sealed is opened.
struct Portfolio {
  std::vector<std::string> customer_nos, jurisdictions, zones;
  std::vector<std::string> products;  // sorted; "": an account from before products were kept
  int own_numbers = 0;                // their own telephone numbers that are valid
};
Portfolio load_portfolio(store::Transaction& tx, std::string_view person_key);
// All of it for a set of customers at once, with their points and what others did, by one
// statement; nothing sealed is opened. Persons' other customer numbers are in it too. In no order.
struct Reachable {
  struct Customer {
    std::string customer_no, person_key, jurisdiction, zone;
  };
  struct Product {
    std::string customer_no, product;
  };
  struct Point {
    std::string customer_no, contact_no, role, channel, source, place, value_key;
    bool valid = false, consent = false;
  };
  std::vector<Customer> customers;
  std::vector<Product> products;
  std::vector<Point> points;
  std::vector<PastContact> past;  // since the moment asked for
};
Reachable load_reachable(store::Transaction& tx, const std::vector<std::string_view>& customer_nos,
                         kernel::Instant since);
// By customer number, or by a whole telephone number, name or citizen id (keyed index), sorted.
std::vector<std::string> find_customers(store::Transaction& tx, std::string_view query);

// Of every customer, without opening anything sealed; in no order.
void for_each_person(
    store::Transaction& tx,
    const std::function<void(std::string_view customer_no, std::string_view person_key)>& row);
// By customer number. GB/T 2260; 0 = not known.
void for_each_region(
    store::Transaction& tx,
    const std::function<void(std::string_view customer_no, std::int32_t region_code)>& row);
// The customer numbers that have one valid telephone number in common, a list for each number.
void for_each_shared_number(
    store::Transaction& tx,
    const std::function<void(const std::vector<std::string>& customer_nos)>& row);
void for_each_past_contact(store::Transaction& tx, kernel::Instant since, kernel::Instant before,
                           const std::function<void(const PastContact&)>& row);

// What is learnt while working a case (and how tests make people): insert, or replace by key.
// `person_key` and `value_key` are computed here, whatever the argument holds.
void save_person(store::Transaction& tx, const Person& person);
void save_contact_point(store::Transaction& tx, const ContactPoint& point);
void save_account(store::Transaction& tx, std::string_view account_no, std::string_view customer_no,
                  std::string_view product);
void set_contact_valid(store::Transaction& tx, std::string_view contact_point_id, bool valid);

// ---- regions (GB/T 2260, provinces and prefectures) ---------------------------------------------

struct Region {
  std::int32_t code;
  const char* name;
};
const std::vector<Region>& regions();
// 440106 → 广东省广州市; the nearest larger region known, empty when none is.
std::string region_name(std::int32_t code);

}  // namespace intake
