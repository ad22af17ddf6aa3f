#include <gtest/gtest.h>

#include "casework/types.h"
#include "tests/stories/world.h"

namespace stories {
namespace {

void ask(World& world, const std::string& who, const std::string& customer_no, bool third_person,
         bool says_debt, const std::string& purpose, const std::string& key = "") {
  gate::Request request;
  request.customer_no = customer_no;
  request.contact_point_id = customer_no + (third_person ? ":9" : ":1");
  request.channel = "call";
  request.purpose = purpose;
  request.says_debt = says_debt;
  request.asker = who;
  request.idempotency_key = key;
  world.reply.reset();
  const auto done = world.store().transact([&](store::Transaction& tx) -> kernel::Status {
    auto reply = world.gate().ask(tx, request, world.now());
    if (!reply) return reply.error();
    world.reply.emplace(std::move(*reply));
    return kernel::Ok{};
  });
  ASSERT_TRUE(done) << done.error().message;
}

std::string codes(const gate::Answer& answer) {
  std::string all;
  for (const gate::Refusal& refusal : answer.refusals) all += refusal.code + " ";
  return all;
}

void expect_refused(World& world, const Arguments& a, const Step&) {
  ASSERT_TRUE(world.reply) << "nobody asked";
  const gate::Answer& answer = world.reply->answer;
  EXPECT_FALSE(answer.allowed);
  EXPECT_FALSE(world.reply->permit);
  bool found = false;
  for (const gate::Refusal& refusal : answer.refusals) {
    EXPECT_FALSE(refusal.citation.empty()) << refusal.code;
    EXPECT_GT(refusal.row, 0) << refusal.code;
    found = found || refusal.code == a[0];
  }
  EXPECT_TRUE(found) << codes(answer);
}

void hold(World& world, const std::string& who, const std::string& customer_no,
          const std::string& kind) {
  const auto done = world.store().transact([&](store::Transaction& tx) {
    return gate::set_hold(tx, world.gate().directory(),
                          {.customer_no = customer_no, .kind = kind, .set_by = who}, world.now());
  });
  ASSERT_TRUE(done) << done.error().message;
}

void lift(World& world, const std::string& who, const std::string& customer_no) {
  const auto done = world.store().transact([&](store::Transaction& tx) -> kernel::Status {
    const auto person = world.gate().directory().person(tx, customer_no);
    for (const gate::Hold& hold : gate::holds_of(tx, person->person_key, world.now())) {
      TRY(gate::lift_hold(tx, customer_no, hold.hold_id, kernel::Note::take("查清"), who,
                          world.now()));
    }
    return kernel::Ok{};
  });
  ASSERT_TRUE(done) << done.error().message;
}

void end_call(World& world, const Arguments& a, const Step&) {
  ASSERT_TRUE(world.reply && world.reply->permit) << "no permit to use";
  const auto done = world.store().transact([&](store::Transaction& tx) -> kernel::Status {
    TRY_ASSIGN(const gate::Spent spent,
               world.gate().spend(tx, std::move(*world.reply->permit), world.now()));
    return world.gate().record_outcome(tx, spent.bound.permit_id, a[0], "test", world.now());
  });
  world.reply->permit.reset();
  ASSERT_TRUE(done) << done.error().message;
}

void add_asking(Book<World>& book) {
  book.add("{who} asks to call {customer}", [](World& world, const Arguments& a, const Step&) {
    ask(world, a[0], a[1], false, true, "collect");
  });
  book.add("{who} asks to call {customer} with key {key}",
           [](World& world, const Arguments& a, const Step&) {
             ask(world, a[0], a[1], false, true, "collect", a[2]);
           });
  book.add("{who} asks to call the contact person of {customer}",
           [](World& world, const Arguments& a, const Step&) {
             ask(world, a[0], a[1], true, false, "relay");
           });
  book.add("{who} asks to call the contact person of {customer} about the debt",
           [](World& world, const Arguments& a, const Step&) {
             ask(world, a[0], a[1], true, true, "relay");
           });
  book.add("{who} asks to call the contact person of {customer} to pass a message on",
           [](World& world, const Arguments& a, const Step&) {
             ask(world, a[0], a[1], true, false, "relay");
           });
}

}  // namespace

void add_contact_steps(Book<World>& book) {
  add_asking(book);
  book.add("it is granted", [](World& world, const Arguments&, const Step&) {
    ASSERT_TRUE(world.reply) << "nobody asked";
    EXPECT_TRUE(world.reply->answer.allowed) << codes(world.reply->answer);
    EXPECT_TRUE(world.reply->permit);
  });
  book.add("it is refused by {code}", expect_refused);
  book.add("it is allowed again at {date} {time}",
           [](World& world, const Arguments& a, const Step&) {
             ASSERT_TRUE(world.reply && world.reply->answer.allowed_at);
             EXPECT_EQ(world.reply->answer.allowed_at->format(),
                       parse_local_time(a[0] + " " + a[1]).format());
           });
  book.add("the call ends as {outcome}", end_call);
  book.add("{count} contacts are left today for {customer}",
           [](World& world, const Arguments& a, const Step&) {
             const auto answer = world.store().read([&](store::Transaction& tx) {
               return world.gate().question(tx,
                                            {.customer_no = a[1],
                                             .contact_point_id = a[1] + ":1",
                                             .channel = "call",
                                             .purpose = "collect",
                                             .asker = "wang"},
                                            world.now());
             });
             ASSERT_TRUE(answer) << answer.error().message;
             EXPECT_EQ(std::to_string(answer->contacts_left_today), a[0]);
           });
  book.add("{who} puts {customer} on hold for {kind}",
           [](World& world, const Arguments& a, const Step&) { hold(world, a[0], a[1], a[2]); });
  book.add("{who} lifts the hold of {customer}",
           [](World& world, const Arguments& a, const Step&) { lift(world, a[0], a[1]); });
}

}  // namespace stories
