// The gate's view of intake's people, on both stores: one human being under two customer numbers,
// numbers found without being read, contacts of others.

#include <gtest/gtest.h>

#include "gate/types.h"
#include "intake/types.h"
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

}  // namespace
}  // namespace gate
