#pragma once
// People a test makes up: a Directory in memory, so that the gate is tested without an import.
// Only tests include this.

#include <map>
#include <string>
#include <vector>

#include "gate/ports.h"

namespace tests {

class Town : public gate::Directory {
 public:
  void add_person(const std::string& customer_no, const std::string& person_key) {
    people_[customer_no] = person_key;
    numbers_[person_key].push_back(customer_no);
  }
  // The same number text on two customers is the same number.
  void add_point(const std::string& customer_no, const std::string& contact_no,
                 const std::string& number, const std::string& role = "self",
                 const std::string& channel = "mobile") {
    const std::string id = customer_no + ":" + contact_no;
    points_[id] = {.contact_point_id = id,
                   .customer_no = customer_no,
                   .role = role,
                   .channel = channel,
                   .source = "contract",
                   .valid = true,
                   .consent = true,
                   .number_index = "index of " + number};
  }
  gate::ContactPoint& point(const std::string& id) { return points_.at(id); }
  std::vector<gate::PastContact> past;  // of everyone

  std::optional<gate::Person> person(store::Transaction&,
                                     std::string_view customer_no) const override {
    const auto found = people_.find(std::string(customer_no));
    if (found == people_.end()) return std::nullopt;
    gate::Person person{found->second, {}};
    person.customer_nos = numbers_.at(found->second);
    return person;
  }
  std::optional<gate::ContactPoint> contact_point(store::Transaction&,
                                                  std::string_view id) const override {
    const auto found = points_.find(std::string(id));
    if (found == points_.end()) return std::nullopt;
    return found->second;
  }
  std::optional<gate::ContactPoint> by_number(store::Transaction&, std::string_view customer_no,
                                              std::string_view number) const override {
    for (const auto& [id, point] : points_)
      if (point.customer_no == customer_no &&
          point.number_index == "index of " + std::string(number))
        return point;
    return std::nullopt;
  }
  std::vector<gate::PastContact> past_contacts(store::Transaction&, const gate::Person& person,
                                               kernel::Instant since) const override {
    std::vector<gate::PastContact> found;
    for (const gate::PastContact& contact : past)
      for (const std::string& no : person.customer_nos)
        if (contact.contact_point_id.starts_with(no + ":") && contact.contacted_at >= since)
          found.push_back(contact);
    return found;
  }

 private:
  std::map<std::string, std::string> people_;
  std::map<std::string, std::vector<std::string>> numbers_;
  std::map<std::string, gate::ContactPoint> points_;
};

// Certified, licensed and recorded, whoever it is; by the form of the name.
inline gate::AskerFacts good_asker(store::Transaction&, std::string_view asker, kernel::Date) {
  const std::string kind = asker.starts_with("agency:")    ? "agency"
                           : asker.starts_with("machine:") ? "machine"
                                                           : "user";
  return {.kind = kind, .certified = true, .licence_valid = true, .recording_ready = true};
}

}  // namespace tests
