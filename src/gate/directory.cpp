#include <algorithm>
#include <map>
#include <set>

#include "gate/ports.h"
#include "intake/types.h"
#include "store/vault.h"

namespace gate {

namespace {

ContactPoint to_point(const intake::ContactPoint& p) {
  return {.contact_point_id = p.contact_point_id(),
          .customer_no = p.customer_no,
          .role = p.role,
          .channel = p.channel,
          .source = p.source,
          .valid = p.valid,
          .consent = p.consent,
          .place = p.place,
          .number_index = p.value_key};
}

std::string the_only(const std::set<std::string>& words, const char* otherwise) {
  return words.size() == 1 ? *words.begin() : otherwise;
}

// What intake keeps of a set of customers, by person and by point.
class Reach {
 public:
  explicit Reach(intake::Reachable all) {
    for (auto& c : all.customers) {
      Entry& entry = persons_[c.person_key];
      entry.jurisdictions.insert(std::move(c.jurisdiction));
      entry.zones.insert(std::move(c.zone));
      entry.person.customer_nos.push_back(c.customer_no);
      person_of_.emplace(std::move(c.customer_no), c.person_key);
    }
    for (auto& a : all.products) entry_of(a.customer_no).products.insert(std::move(a.product));
    for (auto& p : all.points) add_point(p);
    for (auto& t : all.past) add_past(t);
    for (auto& [key, entry] : persons_) {
      entry.person.person_key = key;
      entry.person.jurisdiction = the_only(entry.jurisdictions, "mixed");
      entry.person.zone = the_only(entry.zones, "?");
      entry.person.products.assign(entry.products.begin(), entry.products.end());
    }
  }

  std::optional<Person> person(std::string_view customer_no) const {
    const auto key = person_of_.find(std::string(customer_no));
    if (key == person_of_.end()) return std::nullopt;
    return persons_.at(key->second).person;
  }
  std::optional<ContactPoint> point(std::string_view contact_point_id) const {
    const auto found = points_.find(std::string(contact_point_id));
    if (found == points_.end()) return std::nullopt;
    return found->second;
  }
  const std::unordered_map<std::string, std::vector<PastContact>>& past() const { return past_; }

 private:
  struct Entry {
    Person person;
    std::set<std::string> jurisdictions, zones, products;
  };

  Entry& entry_of(const std::string& customer_no) { return persons_[person_of_.at(customer_no)]; }

  void add_point(intake::Reachable::Point& p) {
    const bool telephone = p.channel == "mobile" || p.channel == "phone";
    if (p.role == "self" && telephone && p.valid) ++entry_of(p.customer_no).person.own_numbers;
    std::string id = p.customer_no + ":" + p.contact_no;
    points_.emplace(id, ContactPoint{.contact_point_id = id,
                                     .customer_no = std::move(p.customer_no),
                                     .role = std::move(p.role),
                                     .channel = std::move(p.channel),
                                     .source = std::move(p.source),
                                     .valid = p.valid,
                                     .consent = p.consent,
                                     .place = std::move(p.place),
                                     .number_index = std::move(p.value_key)});
  }

  void add_past(intake::PastContact& t) {
    PastContact past{.contact_point_id = t.customer_no + ":" + t.contact_no,
                     .number_index = "",
                     .role = "self",
                     .channel = std::move(t.channel),
                     .outcome = std::move(t.outcome),
                     .contacted_at = t.contacted_at};
    if (const auto point = points_.find(past.contact_point_id); point != points_.end()) {
      past.number_index = point->second.number_index;
      past.role = point->second.role;
    }
    past_[person_of_.at(t.customer_no)].push_back(std::move(past));
  }

  std::unordered_map<std::string, std::string> person_of_;  // by customer number
  std::unordered_map<std::string, Entry> persons_;          // by person_key
  std::unordered_map<std::string, ContactPoint> points_;    // by contact_point_id
  std::unordered_map<std::string, std::vector<PastContact>> past_;
};

class IntakeDirectory : public Directory {
 public:
  std::optional<Person> person(store::Transaction& tx,
                               std::string_view customer_no) const override {
    const auto found = intake::load_person(tx, customer_no);
    if (!found) return std::nullopt;
    auto all = intake::load_portfolio(tx, found->person_key);
    return Person{.person_key = found->person_key,
                  .customer_nos = std::move(all.customer_nos),
                  .jurisdiction = all.jurisdictions.size() == 1 ? all.jurisdictions[0] : "mixed",
                  .products = std::move(all.products),
                  .zone = all.zones.size() == 1 ? all.zones[0] : "?",
                  .own_numbers = all.own_numbers};
  }

  std::optional<ContactPoint> contact_point(store::Transaction& tx,
                                            std::string_view contact_point_id) const override {
    const auto found = intake::load_contact_point(tx, contact_point_id);
    if (!found) return std::nullopt;
    return to_point(*found);
  }

  std::optional<ContactPoint> by_number(store::Transaction& tx, std::string_view customer_no,
                                        std::string_view number) const override {
    // Compared as keyed indexes: no number is read here.
    const auto wanted = intake::ContactValue::take(std::string(number));
    const std::string index = tx.vault().index("gate.by_number", wanted);
    for (const auto& point : intake::load_contact_points(tx, customer_no))
      if (tx.vault().index("gate.by_number", point.value) == index) return to_point(point);
    return std::nullopt;
  }

  std::vector<PastContact> past_contacts(store::Transaction& tx, const Person& person,
                                         kernel::Instant since) const override {
    std::vector<PastContact> all;
    for (const std::string& customer_no : person.customer_nos) {
      const auto found = intake::load_past_contacts(tx, customer_no, since);
      if (found.empty()) continue;
      std::map<std::string, intake::ContactPoint> points;
      for (auto& point : intake::load_contact_points(tx, customer_no))
        points.insert_or_assign(point.contact_no, std::move(point));
      for (const intake::PastContact& past : found) {
        const auto point = points.find(past.contact_no);
        const bool known = point != points.end();
        all.push_back({.contact_point_id = customer_no + ":" + past.contact_no,
                       .number_index = known ? point->second.value_key : "",
                       .role = known ? point->second.role : "self",
                       .channel = past.channel,
                       .outcome = past.outcome,
                       .contacted_at = past.contacted_at});
      }
    }
    return all;
  }

  bool in_database() const override { return true; }

  People find_many(store::Transaction& tx, const std::vector<Wanted>& wanted,
                   kernel::Instant since) const override {
    std::vector<std::string_view> customer_nos;
    for (const Wanted& one : wanted) customer_nos.push_back(one.customer_no);
    const Reach reach(intake::load_reachable(tx, customer_nos, since));
    People people;
    for (const Wanted& one : wanted) {
      Found found{.person = reach.person(one.customer_no), .point = {}};
      if (found.person)
        found.point = one.contact_point_id.empty() ? by_number(tx, one.customer_no, one.number)
                                                   : reach.point(one.contact_point_id);
      people.found.push_back(std::move(found));
    }
    people.past = reach.past();
    return people;
  }
};

}  // namespace

People Directory::find_many(store::Transaction& tx, const std::vector<Wanted>& wanted,
                            kernel::Instant since) const {
  People people;
  for (const Wanted& one : wanted) {
    Found found{.person = person(tx, one.customer_no), .point = {}};
    if (found.person) {
      found.point = one.contact_point_id.empty() ? by_number(tx, one.customer_no, one.number)
                                                 : contact_point(tx, one.contact_point_id);
      const std::string& key = found.person->person_key;
      if (!people.past.contains(key))
        people.past.emplace(key, past_contacts(tx, *found.person, since));
    }
    people.found.push_back(std::move(found));
  }
  return people;
}

std::shared_ptr<const Directory> intake_directory() {
  return std::make_shared<IntakeDirectory>();
}

}  // namespace gate
