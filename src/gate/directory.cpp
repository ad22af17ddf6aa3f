#include <algorithm>
#include <map>

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
};

}  // namespace

std::shared_ptr<const Directory> intake_directory() {
  return std::make_shared<IntakeDirectory>();
}

}  // namespace gate
