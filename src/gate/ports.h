#pragma once
// What the gate needs to know and does not own: who a customer is, where they can be reached, what
// others did, and who asks. Intake answers the first three (directory.cpp), later rooms the last
// (app supplies it). No name and no number in clear comes through here.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/date.h"
#include "store/store.h"

namespace gate {

// All customer numbers of one human being; limits are counted over all of them.
struct Person {
  std::string person_key;
  std::vector<std::string> customer_nos;
  std::string jurisdiction = "CN";    // CN | US | UK; "mixed" when their customer numbers disagree
  std::vector<std::string> products;  // of all their accounts, sorted; "": one not known
  std::string zone;     // of decisions/zones.csv; empty: the jurisdiction's only one, if it has one
  int own_numbers = 0;  // their own telephone numbers that are valid
};

struct ContactPoint {
  std::string contact_point_id;  // customer_no ":" contact_no
  std::string customer_no;
  std::string role;     // self | guarantor | contact_person | other
  std::string channel;  // mobile | phone | email | address
  std::string source;   // where it came from, as the client's file says
  bool valid = false;
  bool consent = false;
  std::string place;         // home | work | empty: not known
  std::string number_index;  // keyed index of the value: one number, one index, on any account
};

// A contact made elsewhere (an agency's or the bank's own feed), as imported.
struct PastContact {
  std::string contact_point_id;
  std::string number_index;
  std::string role;
  std::string channel;
  std::string outcome;
  kernel::Instant contacted_at;
};

// Who is wanted, and where: a point of theirs, or a number.
struct Wanted {
  std::string_view customer_no, contact_point_id, number;
};

// The answers for many, in the order asked. The point is not yet known to be the person's own.
struct Found {
  std::optional<Person> person;
  std::optional<ContactPoint> point;
};
struct People {
  std::vector<Found> found;
  std::unordered_map<std::string, std::vector<PastContact>> past;  // by person_key
};

class Directory {
 public:
  virtual ~Directory() = default;
  virtual std::optional<Person> person(store::Transaction& tx,
                                       std::string_view customer_no) const = 0;
  virtual std::optional<ContactPoint> contact_point(store::Transaction& tx,
                                                    std::string_view contact_point_id) const = 0;
  // The point of this customer that has this number; none when the number is not on file.
  virtual std::optional<ContactPoint> by_number(store::Transaction& tx,
                                                std::string_view customer_no,
                                                std::string_view number) const = 0;
  virtual std::vector<PastContact> past_contacts(store::Transaction& tx, const Person& person,
                                                 kernel::Instant since) const = 0;
  // The database itself finds whom and what to lock for these people, as intake's
  // (schema/010_one_round.sql), and find_many() is one query.
  virtual bool in_database() const { return false; }
  // All of the above for many at once; past contacts since a moment. By default one by one.
  virtual People find_many(store::Transaction& tx, const std::vector<Wanted>& wanted,
                           kernel::Instant since) const;
};

std::shared_ptr<const Directory> intake_directory();  // over intake's tables

// Who asks. An asker nobody knows is kind "unknown", and the packs refuse it.
struct AskerFacts {
  std::string kind = "unknown";  // user | agency | machine | unknown
  bool certified = false;        // trained and examined within the year (users)
  bool licence_valid = false;    // on the published list, contract and licence in date (agencies)
  bool recording_ready = false;  // what they say will be recorded
};

using AskerPort =
    std::function<AskerFacts(store::Transaction&, std::string_view asker, kernel::Date today)>;

}  // namespace gate
