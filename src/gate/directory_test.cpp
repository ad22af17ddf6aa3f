// The gate's view of intake's people, on both stores: one human being under two customer numbers,
// numbers found without being read, contacts of others.

#include <gtest/gtest.h>

#include <set>

#include "gate/types.h"
#include "intake/types.h"
#include "tests/intake_rows.h"
#include "tests/stores.h"

namespace gate {
namespace {

intake::Person person(const std::string& customer_no, const std::string& citizen_id) {
  intake::Person p;
  p.customer_no = customer_no;
  p.citizen_id = kernel::CitizenId::take(citizen_id);
  return p;
}

intake::ContactPoint point(const std::string& customer_no, const std::string& contact_no,
                           const std::string& value) {
  intake::ContactPoint p;
  p.customer_no = customer_no;
  p.contact_no = contact_no;
  p.role = "self";
  p.channel = "mobile";
  p.source = "application";
  p.value = intake::ContactValue::take(value);
  return p;
}

TEST(directory, counts_one_human_being_once) {
  tests::for_each_store(intake::schema(), [](store::Store& store, const std::filesystem::path&) {
    const auto done = store.transact([](store::Transaction& tx) {
      intake::save_person(tx, person("C1", "11010519900307002X"));
      intake::save_person(tx, person("C2", "11010519900307002X"));
      intake::save_person(tx, person("C3", ""));
      intake::save_person(tx, person("C4", ""));
      intake::save_contact_point(tx, point("C1", "1", "13812341234"));
      intake::save_contact_point(tx, point("C1", "2", "13800000002"));
      intake::save_contact_point(tx, point("C3", "1", "13812341234"));
      return 0;
    });
    ASSERT_TRUE(done);
    const auto directory = intake_directory();
    const auto read = store.read([&](store::Transaction& tx) {
      const auto one = directory->person(tx, "C1"), other = directory->person(tx, "C2");
      const auto third = directory->person(tx, "C3"), fourth = directory->person(tx, "C4");
      EXPECT_EQ(one->person_key, other->person_key);
      EXPECT_EQ(one->customer_nos.size(), 2u);
      EXPECT_NE(third->person_key, fourth->person_key) << "without an id each is their own";
      EXPECT_FALSE(directory->person(tx, "C404"));

      const auto found = directory->by_number(tx, "C1", "13812341234");
      EXPECT_EQ(found->contact_point_id, "C1:1");
      EXPECT_EQ(found->number_index, directory->contact_point(tx, "C3:1")->number_index)
          << "one number, one index, whoever has it";
      EXPECT_NE(found->number_index, directory->contact_point(tx, "C1:2")->number_index);
      EXPECT_FALSE(directory->by_number(tx, "C1", "13999999999"));
      EXPECT_FALSE(directory->contact_point(tx, "C1:404"));
      return 0;
    });
    EXPECT_TRUE(read);
  });
}

// What one by one and all at once say must be the same.
TEST(directory, finds_many_as_it_finds_one) {
  tests::for_each_store(intake::schema(), [](store::Store& store, const std::filesystem::path&) {
    const kernel::Instant now = tests::Clock::now();
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      intake::save_person(tx, person("C1", "11010519900307002X"));
      intake::save_person(tx, person("C2", "11010519900307002X"));
      intake::save_person(tx, person("C:3", ""));
      for (const char* customer_no : {"C1", "C2", "C:3"})
        for (const char* contact_no : {"1", "2"})
          intake::save_contact_point(
              tx, point(customer_no, contact_no, std::string("1380000000") + contact_no));
      for (int i = 1; i <= 3; ++i)
        tests::add_past_contact(tx, i == 3 ? "C:3" : "C2", i == 2 ? "404" : "2",
                                now.plus_seconds(-3600 * i));
      tests::add_account(tx, "A1", "C2", "card");
      tests::add_account(tx, "A2", "C1", "online_loan");
      tests::add_account(tx, "A3", "C1", "card");
      return 0;
    }));
    const auto directory = intake_directory();
    const std::vector<Wanted> wanted = {{"C1", "C1:1", ""},  {"C404", "C404:1", ""},
                                        {"C2", "C1:2", ""},  {"C:3", "C:3:2", ""},
                                        {"C1", "C1:9", ""},  {"C2", "", "13800000002"},
                                        {"C1", "C:3:1", ""}, {"C2", "", "13911111111"}};
    const kernel::Instant since = now.plus_seconds(-9000);
    ASSERT_TRUE(store.read([&](store::Transaction& tx) {
      const People many = directory->find_many(tx, wanted, since);
      const People loop = directory->Directory::find_many(tx, wanted, since);
      EXPECT_EQ(many.found.size(), wanted.size());
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        SCOPED_TRACE(i);
        const auto &a = many.found[i], &b = loop.found[i];
        EXPECT_EQ(a.person.has_value(), b.person.has_value());
        EXPECT_TRUE(i == 6 || a.point.has_value() == b.point.has_value());
        if (!a.person) continue;
        EXPECT_EQ(a.person->person_key, b.person->person_key);
        EXPECT_EQ(std::set(a.person->customer_nos.begin(), a.person->customer_nos.end()),
                  std::set(b.person->customer_nos.begin(), b.person->customer_nos.end()));
        EXPECT_EQ(a.person->products, b.person->products);
        EXPECT_EQ(a.person->own_numbers, b.person->own_numbers);
        EXPECT_EQ(a.person->jurisdiction, b.person->jurisdiction);
        EXPECT_EQ(a.person->zone, b.person->zone);
        const auto past = [&](const People& people) {
          std::multiset<std::string> all;
          if (const auto found = people.past.find(a.person->person_key); found != people.past.end())
            for (const PastContact& p : found->second)
              all.insert(p.contact_point_id + p.number_index + p.role + p.outcome +
                         p.contacted_at.format());
          return all;
        };
        EXPECT_EQ(past(many), past(loop));
        if (!a.point || !b.point) continue;
        EXPECT_EQ(a.point->contact_point_id, b.point->contact_point_id);
        EXPECT_EQ(a.point->number_index, b.point->number_index);
        EXPECT_EQ(a.point->role, b.point->role);
      }
      return 0;
    }));
  });
}

}  // namespace
}  // namespace gate
