// A person's rights, over every room and on both stores: by when, by whom, what a copy holds and
// what it does not, what an erasure leaves, and what stops one.
#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <map>

#include "allocation/held.h"
#include "approval/held.h"
#include "book/held.h"
#include "casework/held.h"
#include "evidence/held.h"
#include "evidence/types.h"
#include "experiment/held.h"
#include "experiment/types.h"
#include "gate/held.h"
#include "intake/held.h"
#include "looks/held.h"
#include "looks/types.h"
#include "outreach/held.h"
#include "people/types.h"
#include "records/held.h"
#include "rights/types.h"
#include "tests/records_office.h"

namespace rights {
namespace {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Instant;
using kernel::Note;
using records::day;
using records::must;
using store::Transaction;
using testing::HasSubstr;
using testing::Not;
using tests::Office;

std::vector<store::Migration> whole_schema() {
  std::vector<store::Migration> all = records::test_schema();
  for (const auto* room :
       {&experiment::schema(), &people::schema(), &looks::schema(), &evidence::schema(), &schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

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

// Case C1 (and C1b, the same person) with all that a case has; C2 is somebody else's.
class Desk {
 public:
  Desk(Office& office, const fs::path& folder)
      : office_(office), folder_(folder), shelf_(folder / "data") {
    post("/cases/C1/permits",
         R"({"contact_point_id":"C1:1","channel":"call","purpose":"collect","says_debt":true,)"
         R"("idempotency_key":"k1"})");
    post("/cases/C1/permits",
         R"({"contact_point_id":"C1:2","channel":"call","purpose":"collect","says_debt":true,)"
         R"("idempotency_key":"k2"})");
    post("/cases/C1/promises",
         R"({"account_no":"A1","amount_fen":120000,"due_date":"2026-11-25"})");
    post("/cases/C1/notes", R"({"text":"同事钱二称其在外地，电话13900001111"})");
    post("/cases/C2/notes", R"({"text":"赵一的备注"})", "wang.wei");
    document_ = records::add_pdf(office_, data(), "合同").document_id;
  }

  Deps deps() {
    return {.store = office_.store(),
            .shelf = shelf_,
            .gate = office_.gate(),
            .approvals = approvals_,
            .data_dir = data(),
            .decisions = "decisions",
            .parts = {intake::held(), casework::held(shelf_, "decisions", {}), book::held(),
                      experiment::held(), gate::held(office_.gate()), outreach::held(),
                      allocation::held(), records::held(data()), approval::held(), looks::held(),
                      evidence::held("decisions")}};
  }
  kernel::Result<Request> try_take(const std::string& kind, Instant now,
                                   const std::string& customer_no = "C1",
                                   const std::string& identity = "original_id") {
    return office_.store().transact([&](Transaction& tx) {
      return take_request(tx, deps(),
                          {.customer_no = customer_no,
                           .kind = kind,
                           .received_by = "letter",
                           .identity = identity,
                           .received_on = {},
                           .text = Note::take("本人要求"),
                           .by = "hu.bo"},
                          now);
    });
  }
  Request take(const std::string& kind, Instant now = Office::at(14)) {
    return must(try_take(kind, now));
  }
  kernel::Result<Request> try_grant(RequestId id, Instant now, const std::string& by = "hu.bo") {
    return office_.store().transact([&](Transaction& tx) {
      return grant(tx, deps(), {.request_id = id, .text = Note::take("同意"), .by = by}, now);
    });
  }
  kernel::Result<approval::Approval> try_approve(const Request& asked, Instant now,
                                                 const std::string& by = "sun.li") {
    return office_.store().transact([&](Transaction& tx) {
      return approval::approve(tx, approvals_, {.approval_id = *asked.approval_id, .by = by}, now);
    });
  }
  // Two people agree.
  void agree(RequestId id, Instant now) {
    const Request asked = must(try_grant(id, now));
    must(try_approve(asked, now));
  }
  void seal(Instant now) {
    evidence::Sealer sealer(office_.store(),
                            {.place = {.folder = folder_ / "log",
                                       .key_file = (folder_ / "test.log.key").string(),
                                       .name = "evenhand/test"},
                             .pack_bytes = gate::used_pack});
    must(sealer.seal_all(now));
  }
  std::string findings() {
    const auto checked = must(evidence::check_store(office_.store(), folder_ / "log"));
    std::string all;
    for (const auto& one : checked.findings)
      all += one.kind + " " + one.where + " " + one.message_en + "\n";
    return all;
  }
  Office& office() { return office_; }
  fs::path data() const { return folder_ / "data"; }
  fs::path folder() const { return folder_; }
  records::DocumentId document() const { return document_; }
  const approval::Setup& approvals() const { return approvals_; }

 private:
  void post(const std::string& path, const std::string& body, const std::string& who = "li.na") {
    const auto answer = office_.ask(who, "POST", path, body);
    CHECK_MSG(static_cast<bool>(answer), answer ? "" : answer.error().message.c_str());
  }
  Office& office_;
  fs::path folder_;
  book::Shelf shelf_;
  records::DocumentId document_{0};
  approval::Setup approvals_ = tests::approval_setup({effect()});
};

void at_each_desk(const std::function<void(Desk&)>& body) {
  tests::for_each_store(whole_schema(), [&](store::Store& store, const fs::path& folder) {
    Office office(store, folder);
    Desk desk(office, folder);
    body(desk);
  });
}

const Instant later = Instant::china(day("2032-06-01"), 600);  // every duty to keep is over

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
    EXPECT_THAT(page, HasSubstr("1200.00"));
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
    for (const char* table : {"customer", "contact_point", "intake_account", "permit", "refusal",
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

// ---- objection, restriction, consent -----------------------------------------------------------

TEST(Objection, stops_automation_at_once_and_is_reviewed_by_another) {
  at_each_desk([](Desk& desk) {
    const Request request = desk.take("object");
    const Request granted = must(desk.try_grant(request.request_id, Office::at(15)));
    EXPECT_EQ(granted.state, "review");
    EXPECT_EQ(desk.office().texts("SELECT kind FROM hold"), "no_automation\n");
    const auto review = [&](const std::string& by) {
      return desk.office().store().transact([&](Transaction& tx) {
        return end_review(tx, desk.deps(),
                          {.request_id = request.request_id,
                           .text = Note::take("人工核对：评分有误，改为协商"),
                           .by = by},
                          true, true, Office::at(16));
      });
    };
    EXPECT_EQ(review("hu.bo").error().code, Code::forbidden);
    const Request done = must(review("sun.li"));
    EXPECT_EQ(done.outcome, "changed");
    EXPECT_EQ(desk.office().count("SELECT COUNT(*) FROM hold WHERE lifted_at IS NULL"), 0);
    EXPECT_EQ(review("sun.li").error().code, Code::conflict);
  });
}

TEST(Consent, withdrawn_is_refused_at_the_gate_at_once) {
  at_each_desk([](Desk& desk) {
    const auto ask = [&](const char* channel) {
      return must(desk.office().store().read([&](Transaction& tx) {
        return desk.office().gate().question(tx,
                                             {.customer_no = "C1",
                                              .contact_point_id = "C1:1",
                                              .channel = channel,
                                              .purpose = "remind",
                                              .asker = "li.na"},
                                             Office::at(16));
      }));
    };
    const auto codes = [&](const char* channel) {
      std::string all;
      for (const auto& one : ask(channel).refusals) all += one.code + " ";
      return all;
    };
    EXPECT_THAT(codes("wechat"), Not(HasSubstr("PIPL_15")));
    const Request request = desk.take("withdraw_consent");
    EXPECT_EQ(must(desk.try_grant(request.request_id, Office::at(15))).state, "done");
    EXPECT_THAT(codes("wechat"), HasSubstr("PIPL_15"));
  });
}

}  // namespace
}  // namespace rights
