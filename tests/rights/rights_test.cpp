// A person's rights, over every room and on both stores: by when, by whom, what a copy holds and
// what it does not, what an erasure leaves, and what stops one.
#include <archive.h>
#include <archive_entry.h>

#include <boost/json.hpp>
#include <map>

#include "rights/others.h"
#include "tests/rights/desk.h"

namespace rights {
namespace {

// The files of a ZIP, by name.
std::map<std::string, std::string> unzip(const std::string& bytes) {
  std::map<std::string, std::string> files;
  archive* in = archive_read_new();
  CHECK(archive_read_support_format_zip(in) == ARCHIVE_OK);
  CHECK(archive_read_open_memory(in, bytes.data(), bytes.size()) == ARCHIVE_OK);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(in, &entry) == ARCHIVE_OK) {
    std::string text;
    std::array<char, 4096> part{};
    for (la_ssize_t size = 0; (size = archive_read_data(in, part.data(), part.size())) > 0;)
      text.append(part.data(), static_cast<std::size_t>(size));
    files[archive_entry_pathname_utf8(entry)] = std::move(text);
  }
  archive_read_free(in);
  return files;
}

// ---- requests ----------------------------------------------------------------------------------

TEST(Request, has_a_day_by_table_and_is_asked_once) {
  at_each_desk([](Desk& desk) {
    const Request erase = desk.take("erase"), copy = desk.take("access");
    EXPECT_EQ(erase.due_on.format(), "2026-12-11") << "15 workdays after Friday 2026-11-20";
    EXPECT_EQ(erase.rule_id, "correct_or_erase");
    EXPECT_THAT(erase.citation, HasSubstr("15个工作日"));
    EXPECT_EQ(copy.copy_days, 7);
    EXPECT_EQ(must(desk.try_take("erase", Office::at(15), "C1b")).request_id, erase.request_id)
        << "the same person, by another customer number";
    EXPECT_EQ(desk.take("withdraw_consent").due_on.format(), "2026-11-21");
    EXPECT_EQ(desk.try_take("erase", Office::at(15), "C9").error().code, Code::not_found);
    EXPECT_EQ(desk.try_take("sell", Office::at(15)).error().where, "kind");
    EXPECT_EQ(desk.try_take("object", Office::at(15), "C1", "he said so").error().where,
              "identity");
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM fact WHERE kind = 'rights_request_taken'"),
              3);
  });
}

// ---- the copy ----------------------------------------------------------------------------------

TEST(PersonCopy, takes_two_people_and_holds_everything_of_one_person) {
  at_each_desk([](Desk& desk) {
    const Request request = desk.take("access");
    EXPECT_EQ(Copy::make(desk.deps(), request.request_id, "hu.bo", Office::at(15)).error().code,
              Code::conflict);
    const Request asked = must(desk.try_grant(request.request_id, Office::at(15)));
    EXPECT_EQ(asked.state, "waiting");
    EXPECT_EQ(desk.try_approve(asked, Office::at(15), "hu.bo").error().code, Code::forbidden);
    EXPECT_EQ(Copy::make(desk.deps(), request.request_id, "hu.bo", Office::at(15)).error().code,
              Code::conflict);
    must(desk.try_approve(asked, Office::at(15)));

    const CopyFile copy =
        must(Copy::make(desk.deps(), request.request_id, "hu.bo", Office::at(16)));
    EXPECT_EQ(copy.documents, 1);
    const auto files = unzip(copy.zip);
    ASSERT_EQ(files.size(), 3U);
    const std::string page = files.at("index.html"), data = files.at("data.json");
    for (const std::string& text : {page, data}) {
      EXPECT_THAT(text, HasSubstr("欧阳娜娜"));
      EXPECT_THAT(text, HasSubstr("11010519900307002X"));
      EXPECT_THAT(text, HasSubstr("13812341234")) << "their own number";
      EXPECT_THAT(text, HasSubstr("虚构路99号"));
      EXPECT_THAT(text, HasSubstr("C1b"));
      EXPECT_THAT(text, HasSubstr("同事钱*称其在外地，电话139****1111")) << "a note, others masked";
      EXPECT_THAT(text, Not(HasSubstr("钱二")));
      EXPECT_THAT(text, Not(HasSubstr("13900001111")));
      EXPECT_THAT(text, Not(HasSubstr("赵一")));
      EXPECT_THAT(text, Not(HasSubstr("C2")));
      EXPECT_THAT(text, HasSubstr("hu.bo")) << "the watermark says who";
    }
    EXPECT_THAT(page, HasSubstr("闸门拒绝的联系（1）"));
    EXPECT_THAT(page, HasSubstr("第三人")) << "the rule with its source";
    EXPECT_THAT(page, HasSubstr("催收"));
    EXPECT_THAT(page, HasSubstr("1,200.00"));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    const auto json = boost::json::parse(data);
    EXPECT_EQ(json.at("format"), "evenhand-person-copy-1");
    EXPECT_GE(json.at("sections").as_array().size(), 15U);
    EXPECT_EQ(files.begin()->first.substr(0, 10), "data.json") << files.begin()->first;
    const auto facts = [&](const std::string& kind) {
      return desk.office().count("SELECT COUNT(*) FROM fact WHERE kind = '" + kind + "'");
    };
    EXPECT_EQ(facts("rights_copy_made"), 1);
    EXPECT_EQ(facts("document_read"), 1);
    EXPECT_EQ(desk.office().count(
                  "SELECT COUNT(*) FROM fact WHERE body = '{\"purpose\":\"person_copy\"}'"),
              2)
        << "of each customer number";
    EXPECT_EQ(
        Copy::make(desk.deps(), request.request_id, "hu.bo", Office::at(16, 0, 8)).error().code,
        Code::conflict)
        << "a week is over";
  });
}

TEST(Others, are_masked_however_their_numbers_are_written) {
  const struct {
    const char* written;
    const char* shown;
  } rows[] = {
      {"电话13900001111。", "电话139****1111。"},
      {"138 1234 1234 与 139-0000-1111", "138 1234 1234 与 139****1111"},  // the first is their own
      {"2 13900001111", "2 139****1111"},
      {"020-88886666 转 9", "020-****6666 转 9"},
      {"2026-11-20 10:00 前还 1,200.00 元", "2026-11-20 10:00 前还 1,200.00 元"},
      {"139 0000 111", "139 0000 111"},
      {"139 ", "139 "},
      {"139-", "139-"},
      {"问钱二", "问钱*"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(mask_others(row.written, {"钱二"}, {"13812341234"}), row.shown);
}

// ---- erasure -----------------------------------------------------------------------------------

TEST(Erasure, is_refused_while_there_is_a_duty_to_keep_and_may_restrict_instead) {
  at_each_desk([](Desk& desk) {
    const Request request = desk.take("erase");
    EXPECT_EQ(desk.try_grant(request.request_id, Office::at(15)).error().code, Code::conflict)
        << "the case is open";
    records::close_all_accounts(desk.data());
    EXPECT_EQ(desk.try_grant(request.request_id, Office::at(15)).error().code, Code::conflict)
        << "records of contacts stay two years";
    const auto refused = must(desk.office().store().transact([&](Transaction& tx) {
      return refuse(
          tx, desk.deps(),
          {.request_id = request.request_id, .text = Note::take("保存期限未满"), .by = "hu.bo"},
          true, Office::at(15));
    }));
    EXPECT_EQ(refused.outcome, "restricted");
    const auto asked = must(desk.office().store().read([&](Transaction& tx) {
      return desk.office().gate().question(tx,
                                           {.customer_no = "C1b",
                                            .contact_point_id = "C1:1",
                                            .channel = "call",
                                            .purpose = "collect",
                                            .asker = "li.na"},
                                           Office::at(16));
    }));
    EXPECT_FALSE(asked.allowed);
    // The wish itself is no reason to keep what it wants forgotten.
    const Request again = desk.take("erase", later);
    EXPECT_TRUE(desk.try_grant(again.request_id, later));
  });
}

TEST(Erasure, leaves_nothing_of_the_person_and_every_proof) {
  at_each_desk([](Desk& desk) {
    records::close_all_accounts(desk.data());
    const Request request = desk.take("erase", later);
    desk.take("access", later);
    desk.agree(request.request_id, later);
    EXPECT_EQ(must(carry_out_erasures(desk.deps(), later)), 0) << "facts wait for their seal";
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM customer"), 3) << "nothing half";
    desk.seal(later);
    EXPECT_EQ(desk.findings(), "");
    EXPECT_EQ(must(carry_out_erasures(desk.deps(), later)), 1);
    EXPECT_EQ(must(carry_out_erasures(desk.deps(), later)), 0);

    Office& office = desk.office();
    const auto people = must(office.store().read([&](Transaction& tx) {
      std::vector<std::string> found;
      for (const char* asked : {"欧阳娜娜", "11010519900307002X", "13812341234", "C1", "C1b"})
        for (const auto& one : intake::find_customers(tx, asked)) found.push_back(one);
      return found;
    }));
    EXPECT_TRUE(people.empty());
    for (const char* table :
         {"customer", "contact_point", "intake_account", "customer_account", "permit", "refusal",
          "promise", "attempt", "allotment", "note", "document"})
      EXPECT_EQ(office.count(std::string("SELECT COUNT(*) FROM ") + table +
                             " WHERE customer_no LIKE 'C1%'"),
                0)
          << table;
    EXPECT_EQ(
        office.count("SELECT COUNT(*) FROM fact WHERE subject LIKE 'customer:C1%' OR body LIKE"
                     " '%\"C1:%' OR body LIKE '%\"C1\"%'"),
        0);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM log_key WHERE subject LIKE 'customer:C1%' OR"
                           " subject LIKE 'account:A%'"),
              0);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM rights_request WHERE customer_no <> ''"), 0);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM rights_request WHERE ended_at IS NULL"), 0);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM document WHERE LENGTH(sealed_key) > 0"), 0);
    EXPECT_TRUE(records::sealed_files(desk.data()).empty()) << "the sealed file is gone too";
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM customer"), 1) << "C2";
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM note"), 1) << "C2's";
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'person_erased'"), 1);

    EXPECT_EQ(desk.findings(), "");
    desk.seal(later);
    EXPECT_EQ(desk.findings(), "");
  });
}

// Else somebody erased and loaded again could be called anew on the same day.
TEST(Erasure, waits_while_a_permit_still_counts) {
  at_each_desk([](Desk& desk) {
    Office& office = desk.office();
    const auto permits = [&] {
      return office.count("SELECT COUNT(*) FROM permit WHERE customer_no LIKE 'C1%'");
    };
    const std::int64_t before = permits();
    ASSERT_GT(before, 0);
    const store::HeldPart part = gate::held(office.gate());
    const auto erase = [&](Instant now) {
      return office.store().transact([&](Transaction& tx) -> kernel::Status {
        const auto person = intake::load_person(tx, "C1");
        return part.erase(tx, {person->person_key, {"C1", "C1b"}, {"A1", "A2", "A3"}}, now);
      });
    };
    const kernel::Status early = erase(Office::at(9, 0, 8));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, Code::conflict);
    EXPECT_EQ(permits(), before);
    // Nor by the statement alone, whatever somebody wrote down as forgotten.
    const kernel::Status bare = office.store().transact([&](Transaction& tx) -> kernel::Status {
      tx.execute(
          "INSERT INTO gate_forgotten (kind, row_id, forgotten_at)"
          " SELECT 'permit', permit_id, $1 FROM permit",
          {Office::at(9, 0, 8)});
      tx.execute("DELETE FROM permit WHERE customer_no LIKE 'C1%'");
      return kernel::Ok{};
    });
    EXPECT_FALSE(bare);
    EXPECT_EQ(permits(), before);
    must(erase(Office::at(11, 0, 8)));
    EXPECT_EQ(permits(), 0);
  });
}

TEST(Erasure, stops_where_a_legal_hold_comes_after_the_approval) {
  at_each_desk([](Desk& desk) {
    records::close_all_accounts(desk.data());
    const Request request = desk.take("erase", later);
    desk.agree(request.request_id, later);
    must(desk.office().store().transact([&](Transaction& tx) {
      return records::set_legal_hold(tx,
                                     {.scope = "person",
                                      .subject = "C1b",
                                      .reason = Note::take("起诉前保全"),
                                      .by = "guo.jing"},
                                     later);
    }));
    desk.seal(later);
    EXPECT_EQ(must(carry_out_erasures(desk.deps(), later)), 0);
    EXPECT_EQ(desk.office().texts("SELECT state FROM rights_request"), "open\n");
    EXPECT_EQ(desk.office().texts("SELECT detail FROM rights_step WHERE step = 'stopped'"),
              "legal_hold\n");
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM customer WHERE customer_no = 'C1'"), 1);
  });
}

// The database itself refuses a permit deleted by anything but an erasure.
TEST(Erasure, is_the_only_way_to_delete_a_permit) {
  at_each_desk([](Desk& desk) {
    const auto deleted =
        desk.office().store().transact([](Transaction& tx) { tx.execute("DELETE FROM permit"); });
    EXPECT_FALSE(deleted);
    const auto seen = desk.office().store().transact(
        [](Transaction& tx) { tx.execute("DELETE FROM person_seen WHERE nth > 0"); });
    EXPECT_FALSE(seen);
    EXPECT_GT(desk.office().count("SELECT COUNT(*) FROM permit"), 0);
  });
}

}  // namespace
}  // namespace rights
