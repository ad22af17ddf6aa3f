// Runs of retention over every room's records: what they destroy, what they leave, legal holds that
// come meanwhile, and runs that were cut off.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "approval/kept.h"
#include "casework/kept.h"
#include "gate/kept.h"
#include "gate/types.h"
#include "intake/kept.h"
#include "outreach/kept.h"
#include "people/kept.h"
#include "people/types.h"
#include "store/vault.h"
#include "tests/records_office.h"

namespace records {
namespace {

using kernel::Date;
using kernel::Instant;
using tests::Office;

// ---- runs --------------------------------------------------------------------------------------

std::vector<store::Migration> whole_schema() {
  std::vector<store::Migration> all = test_schema();
  all.insert(all.end(), people::schema().begin(), people::schema().end());
  return all;
}

class Archive {
 public:
  Archive(Office& office, std::filesystem::path data)
      : office_(office), data_(std::move(data)), shelf_(data_) {
    close_all_accounts(data_);
  }

  // Made long ago: the clock of the office is a parameter everywhere.
  Document add(const std::string& text, const std::string& kind = "letter",
               const std::string& customer_no = "C1", const char* made = "2023-05-01") {
    return must(add_document(office_.store(), data_,
                             {.customer_no = customer_no, .kind = kind, .by = "li.na"},
                             "%PDF-1.7\n" + text, Instant::china(day(made), 600)));
  }
  void note(const std::string& customer_no, const char* made = "2023-05-01") {
    const auto done = office_.store().transact([&](store::Transaction& tx) {
      const std::string sealed = tx.vault().seal("note.text", kernel::Note::take("说了什么"));
      tx.execute(
          "INSERT INTO note (note_id, customer_no, written_at, written_by, text)"
          " VALUES ($1, $2, $3, 'li.na', $4)",
          {tx.next_id(), customer_no, Instant::china(day(made), 600), store::Blob{sealed}});
    });
    CHECK(static_cast<bool>(done));
  }
  RetentionOptions options(bool dry = false) const {
    RetentionOptions o{.data_dir = data_,
                       .decisions = "decisions",
                       .date = day("2026-11-20"),
                       .now = Office::at(2),
                       .dry_run = dry,
                       .by = "night",
                       .batch = 2};
    for (auto part : {intake::kept(data_), approval::kept(), outreach::kept(), casework::kept(),
                      gate::kept(), people::kept(), kept(data_)})
      o.kinds.insert(o.kinds.end(), part.begin(), part.end());
    return o;
  }
  RetentionReport run(bool dry = false) { return must(try_run(options(dry))); }
  kernel::Result<RetentionReport> try_run(const RetentionOptions& o) {
    return run_retention(office_.store(), shelf_, o);
  }
  std::int64_t count(const std::string& sql) { return office_.count(sql); }
  std::string texts(const std::string& sql) { return office_.texts(sql); }
  Office& office() { return office_; }
  const std::filesystem::path& data() const { return data_; }

 private:
  Office& office_;
  std::filesystem::path data_;
  book::Shelf shelf_;
};

void in_each_archive(const std::function<void(Archive&)>& body) {
  tests::for_each_store(whole_schema(), [&](store::Store& store, const std::filesystem::path& f) {
    Office office(store, f);
    Archive archive(office, f / "data");
    body(archive);
  });
}

TEST(Retention, DestroysWhatIsDueAndNothingElse) {
  in_each_archive([](Archive& archive) {
    for (int i = 0; i < 5; ++i) archive.add("old " + std::to_string(i));
    archive.add("young", "letter", "C1", "2026-11-01");
    archive.add("a complaint stays three years", "complaint", "C2", "2024-05-01");
    archive.note("C2");
    ASSERT_EQ(sealed_files(archive.data()).size(), 7U);

    const RetentionReport dry = archive.run(true);
    EXPECT_EQ(dry.due, 6) << dry.text();
    EXPECT_EQ(sealed_files(archive.data()).size(), 7U);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM fact WHERE kind = 'record_destroyed'"), 0);

    const RetentionReport report = archive.run();
    EXPECT_EQ(report.destroyed, 6) << report.text();
    EXPECT_EQ(archive.texts("SELECT kind FROM document WHERE state = 'kept' ORDER BY kind"),
              "complaint\nletter\n")
        << "the young letter, and the complaint its three years after the case";
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM note WHERE LENGTH(text) > 0"), 0);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM note"), 1) << "that there was one stays";
  });
}

TEST(Retention, AFactAListAndNothingLeft) {
  in_each_archive([](Archive& archive) {
    for (int i = 0; i < 5; ++i) archive.add("old " + std::to_string(i));
    archive.note("C1");
    const RetentionReport report = archive.run();
    EXPECT_EQ(report.destroyed, 6) << report.text();
    EXPECT_TRUE(sealed_files(archive.data()).empty());
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM document WHERE state = 'destroyed' AND file_gone"
                            " = 1 AND LENGTH(sealed_key) = 0 AND LENGTH(sealed_name) = 0"),
              5);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM fact WHERE kind = 'document_destroyed'"), 5);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM fact WHERE kind = 'record_destroyed'"), 4)
        << "three batches of letters, one of notes";
    const std::string bodies =
        archive.texts("SELECT body FROM fact WHERE kind = 'record_destroyed'");
    EXPECT_EQ(bodies.find("C1"), bodies.npos) << "nothing personal: " << bodies;
    EXPECT_NE(bodies.find(report.version), bodies.npos);
    const std::string csv = bytes_of(report.list_csv);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 7) << csv;
    EXPECT_EQ(csv.find("C1,"), csv.npos);
    EXPECT_NE(bytes_of(report.list_json).find("\"cn_card_records\""), std::string::npos)
        << bytes_of(report.list_json);

    const RetentionReport again = archive.run();
    EXPECT_EQ(again.destroyed, 0);
    EXPECT_EQ(again.run_id, "");
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM retention_run"), 1);
    const auto gone = must(archive.office().store().read(
        [](store::Transaction& tx) { return documents_of(tx, "C1"); }));
    const auto opened = open_document(archive.office().store(), archive.data(), gone[0].document_id,
                                      "court", "x", Office::at(11));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, kernel::Code::conflict);
  });
}

TEST(Retention, AnOpenCaseAnOpenHoldOrPromiseKeepsAll) {
  in_each_archive([](Archive& archive) {
    archive.add("old", "letter", "C2");
    const auto hold = must(archive.office().store().transact([&](store::Transaction& tx) {
      return gate::set_hold(tx, archive.office().gate().directory(),
                            {.customer_no = "C2",
                             .kind = "complaint",
                             .reason = kernel::Note::take("r"),
                             .set_by = "li.na"},
                            Instant::china(day("2023-05-02"), 600));
    }));
    RetentionReport report = archive.run();
    EXPECT_EQ(report.destroyed, 0) << report.text();
    EXPECT_EQ(report.open, 1);
    const auto lifted = archive.office().store().transact([&](store::Transaction& tx) {
      return gate::lift_hold(tx, archive.office().gate().directory(), "C2", hold.hold_id,
                             kernel::Note::take("over"), "li.na",
                             Instant::china(day("2023-05-03"), 600));
    });
    ASSERT_TRUE(lifted);
    report = archive.run();
    EXPECT_EQ(report.destroyed, 2) << "the letter and the hold's reason: " << report.text();
  });
}

TEST(Retention, ALegalHoldWins) {
  for (const char* scope : {"person", "case", "document", "kind"}) {
    SCOPED_TRACE(scope);
    in_each_archive([&](Archive& archive) {
      const Document document = archive.add("old", "letter", "C2");
      archive.add("other", "letter", "C1");
      const std::string word = scope;
      const LegalHold hold = must(archive.office().store().transact([&](store::Transaction& tx) {
        return set_legal_hold(
            tx,
            {.scope = scope,
             .subject = word == "kind"       ? "letter"
                        : word == "document" ? std::to_string(document.document_id.value())
                                             : "C2",
             .reason = kernel::Note::take("suit"),
             .by = "hu.bo"},
            Office::at(1));
      }));
      const RetentionReport report = archive.run();
      EXPECT_EQ(report.held, word == "kind" ? 2 : 1) << report.text();
      EXPECT_EQ(report.destroyed, word == "kind" ? 0 : 1);
      const auto lifted =
          archive.office().store().transact([&](store::Transaction& tx) -> kernel::Status {
            const approval::Setup approvals = test_approvals();
            TRY_ASSIGN(const auto asked,
                       ask_lift(tx, approvals, hold.legal_hold_id, kernel::Note::take("over"),
                                "hu.bo", Office::at(1)));
            for (const char* by : {"sun.li", "guo.jing"}) {  // a whole kind takes two
              if (by[0] == 's' && asked.levels == 1) continue;
              TRY(approval::approve(tx, approvals, {.approval_id = asked.approval_id, .by = by},
                                    Office::at(1)));
            }
            return kernel::Ok{};
          });
      ASSERT_TRUE(lifted);
      EXPECT_EQ(archive.run().destroyed, word == "kind" ? 2 : 1);
    });
  }
}

// Why somebody asked for an approval, and what was answered, go with the case; that it was stays.
TEST(Retention, ReasonsOfApprovalsThatEndedAreEmptied) {
  in_each_archive([](Archive& archive) {
    const Instant then = Instant::china(day("2023-05-01"), 600);
    const approval::Setup approvals = test_approvals();
    const auto ask = [&](const char* customer_no, bool answer) {
      must(archive.office().store().transact([&](store::Transaction& tx) -> kernel::Result<int> {
        TRY_ASSIGN(const LegalHold hold, set_legal_hold(tx,
                                                        {.scope = "case",
                                                         .subject = customer_no,
                                                         .reason = kernel::Note::take("suit"),
                                                         .by = "hu.bo"},
                                                        then));
        TRY_ASSIGN(const auto asked, ask_lift(tx, approvals, hold.legal_hold_id,
                                              kernel::Note::take("欧阳已和解"), "hu.bo", then));
        if (!answer) return 0;
        TRY(approval::approve(tx, approvals,
                              {.approval_id = asked.approval_id,
                               .note = kernel::Note::take("已核对"),
                               .by = "guo.jing"},
                              then));
        return 1;
      }));
    };
    ask("C2", true);
    ask("C1", false);  // waits, and the hold stands
    EXPECT_EQ(archive.run().destroyed, 1);
    EXPECT_EQ(archive.texts("SELECT state FROM approval WHERE LENGTH(reason) = 0"), "approved\n");
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM approval_step WHERE LENGTH(note) > 0"), 0);
    EXPECT_EQ(archive.run().destroyed, 0);
  });
}

// Holds set while a run destroys: each document is either held and whole, or gone with its fact.
// Lines of all lists in the folder, without their heads.
std::int64_t listed(const std::filesystem::path& data) {
  std::int64_t lines = 0;
  for (const auto& file : std::filesystem::directory_iterator(data / "retention")) {
    EXPECT_NE(file.path().extension(), ".part") << file.path();
    if (file.path().extension() != ".csv") continue;
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) ++lines;
    --lines;
  }
  return lines;
}

TEST(Retention, AHoldAgainstARunIsNeverHalf) {
  in_each_archive([](Archive& archive) {
    std::vector<Document> documents;
    for (int i = 0; i < 24; ++i) documents.push_back(archive.add("old " + std::to_string(i)));
    std::atomic<bool> go{false};
    std::vector<DocumentId> held;
    std::thread setter([&] {
      while (!go) std::this_thread::yield();
      for (std::size_t i = documents.size(); i-- > 0;) {
        const auto set = archive.office().store().transact([&](store::Transaction& tx) {
          return set_legal_hold(tx,
                                {.scope = "document",
                                 .subject = std::to_string(documents[i].document_id.value()),
                                 .reason = kernel::Note::take("suit"),
                                 .by = "hu.bo"},
                                Office::at(1));
        });
        if (set) held.push_back(documents[i].document_id);
      }
    });
    std::thread other([&] {
      while (!go) std::this_thread::yield();
      must(archive.try_run(archive.options()));
    });
    go = true;
    must(archive.try_run(archive.options()));
    setter.join();
    other.join();
    for (const Document& one : documents) {
      const bool is_held = std::find(held.begin(), held.end(), one.document_id) != held.end();
      const auto opened = open_document(archive.office().store(), archive.data(), one.document_id,
                                        "court", "x", Office::at(11));
      EXPECT_EQ(static_cast<bool>(opened), is_held) << one.document_id.value();
    }
    const auto gone = static_cast<std::int64_t>(documents.size() - held.size());
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM fact WHERE kind = 'document_destroyed'"), gone);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM retention_destroyed"), gone);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM retention_run WHERE state <> 'done'"), 0);
    if (gone > 0) {
      EXPECT_EQ(listed(archive.data()), gone);  // each run's list, though the other finished it too
    }
    EXPECT_EQ(sealed_files(archive.data()).size(), held.size());
  });
}

// Killed between the destruction and the overwriting: the next run does the rest and lists it.
TEST(Retention, ARunThatWasCutOffIsFinished) {
  in_each_archive([](Archive& archive) {
    for (int i = 0; i < 3; ++i) archive.add("old " + std::to_string(i));
    RetentionOptions options = archive.options();
    for (auto& kind : options.kinds)
      kind.clean = [](store::Store&, const auto&) -> kernel::Status {
        return kernel::Error{kernel::Code::unavailable, "the disk is gone", ""};
      };
    ASSERT_FALSE(archive.try_run(options));
    EXPECT_EQ(sealed_files(archive.data()).size(), 3U);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM retention_run WHERE state = 'running'"), 1);

    const RetentionReport report = archive.run();
    EXPECT_EQ(report.destroyed, 1) << "the second batch; the first was destroyed already";
    EXPECT_TRUE(sealed_files(archive.data()).empty());
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM retention_run WHERE state = 'done'"), 2);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM retention_destroyed WHERE cleaned = 0"), 0);
    int lists = 0;
    for (const auto& entry : std::filesystem::directory_iterator(archive.data() / "retention"))
      lists += entry.path().extension() == ".csv" ? 1 : 0;
    EXPECT_EQ(lists, 2);
  });
}

TEST(Retention, RejectedLinesInClearGo) {
  in_each_archive([](Archive& archive) {
    const auto folder = archive.data() / "rejects";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "b1-customers.csv") << "张三,13812341234\r\n";
    std::ofstream(folder / "b2-customers.csv") << "李四,13812341234\r\n";
    const auto done = archive.office().store().transact([&](store::Transaction& tx) {
      for (const auto& [batch, seq, imported] :
           {std::tuple{"b1", 901, "2026-08-01"}, std::tuple{"b2", 902, "2026-11-01"}}) {
        tx.execute(
            "INSERT INTO intake_batch (batch_id, batch_seq, file_name, file_sha256, mapping,"
            " mapping_sha256, as_of, lines, rejects, imported_at, imported_by) VALUES ($1, $2,"
            " 'customers.csv', '', '', '', 0, 1, 1, $3, 'test')",
            {batch, seq, Instant::china(day(imported), 60)});
        tx.execute(
            "INSERT INTO intake_reject (batch_id, reject_no, line, column_no, column_name, field,"
            " value, reason_code, reason, hint) VALUES ($1, 1, 1, 1, '', '', '***', '', '', '')",
            {batch});
      }
    });
    ASSERT_TRUE(done);
    EXPECT_EQ(archive.run().destroyed, 1);
    EXPECT_FALSE(std::filesystem::exists(folder / "b1-customers.csv"));
    EXPECT_TRUE(std::filesystem::exists(folder / "b2-customers.csv"));
    EXPECT_EQ(archive.texts("SELECT batch_id FROM intake_reject"), "b2\n");
  });
}

TEST(Retention, EveryKindIsFoundPageByPageAndDestroyedOnce) {
  in_each_archive([](Archive& archive) {
    const auto done = archive.office().store().transact([&](store::Transaction& tx) {
      for (int i = 0; i < 5; ++i) {
        const auto at = Instant::china(day("2022-01-01"), i / 2);  // some of one moment
        tx.execute(
            "INSERT INTO past_contact (customer_no, contact_no, contacted_at, channel, outcome, by,"
            " row_key) VALUES ('C1', $1, $2, 'call', 'no_answer', 'x', $3)",
            {std::to_string(i), at, store::Blob{"key " + std::to_string(i)}});
        tx.execute(
            "INSERT INTO attempt (attempt_id, permit_id, customer_no, contact_point_id, channel,"
            " purpose, made_by, made_at, expires_at, note) VALUES ($1, $1, 'C1', 'C1:1', 'call',"
            " 'collect', 'li.na', $2, $2, $3)",
            {i + 1, at, store::Blob{"sealed"}});
        tx.execute(
            "INSERT INTO promise (promise_id, customer_no, account_no, amount_fen, due_date,"
            " made_at, made_by, note) VALUES ($1, 'C1', 'A1', 1, 0, $2, 'li.na', $3)",
            {i + 1, at, store::Blob{"sealed"}});
        tx.execute(
            "INSERT INTO user_session (token_hash, user_id, created_at, seen_at)"
            " VALUES ($1, 1, $2, $2)",
            {"hash" + std::to_string(i), at});
      }
    });
    ASSERT_TRUE(done) << done.error().message;
    const RetentionReport report = archive.run();
    EXPECT_EQ(report.destroyed, 20) << report.text();
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM past_contact"), 0);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM user_session"), 0);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM attempt WHERE note IS NULL"), 5);
    EXPECT_EQ(archive.count("SELECT COUNT(*) FROM promise WHERE note IS NULL"), 5);
    EXPECT_EQ(archive.run().destroyed, 0);
  });
}

}  // namespace
}  // namespace records
