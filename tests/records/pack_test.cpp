// An evidence pack as an outsider meets it: unzipped, checked by bash and openssl and by Go's own
// transparency log code, then broken in every part, and each break found.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "evidence/pack.h"
#include "kernel/hash.h"
#include "people/types.h"
#include "tests/records_office.h"

namespace evidence {
namespace {

namespace fs = std::filesystem;
using records::bytes_of;
using records::must;
using testing::HasSubstr;
using tests::Office;

std::vector<store::Migration> whole_schema() {
  std::vector<store::Migration> all = records::test_schema();
  for (const auto* room : {&people::schema(), &schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

struct Ran {
  int code = -1;
  std::string text;
};
Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  CHECK(pipe != nullptr);
  std::array<char, 4096> part{};
  for (std::size_t size = 0; (size = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
    ran.text.append(part.data(), size);
  const int status = ::pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

bool has_go() {
  return run("go version && test -d /usr/share/gocode/src/golang.org/x/mod/sumdb").code == 0;
}

std::string permit_for(const std::string& point) {
  return R"({"contact_point_id":")" + point +
         R"(","channel":"call","purpose":"collect","says_debt":true,"idempotency_key":")" + point +
         "\"}";
}

// A case with contacts, a promise, a hold and two documents, sealed.
class Bureau {
 public:
  Bureau(Office& office, fs::path folder)
      : office_(office), folder_(std::move(folder)), shelf_(folder_ / "data") {
    post("/cases/C1/permits", permit_for("C1:1"));
    post("/cases/C1/permits", permit_for("C1:2"));
    post("/cases/C1/promises",
         R"({"account_no":"A1","amount_fen":120000,"due_date":"2026-11-25"})");
    post("/cases/C1/notes", R"({"text":"客户说下周还"})");
    post("/cases/C1/holds", R"({"kind":"complaint","reason":"投诉催收"})");
    const fs::path data = folder_ / "data";
    records::add_pdf(office_, data, "合同");
    records::add_pdf(office_, data, "of another", "C2");
    must(records::add_document(office_.store(), data,
                               {.customer_no = "C1", .kind = "complaint", .by = "li.na"},
                               "我要投诉", Office::at(11)));
    Sealer sealer(office_.store(), seal_options());
    must(sealer.seal_all(Office::at(12)));
  }

  kernel::Result<CasePack> make(const CasePackRequest& request) {
    return make_case_pack({.store = office_.store(),
                           .shelf = shelf_,
                           .data_dir = folder_ / "data",
                           .decisions = "decisions",
                           .log = folder_ / "log"},
                          request, Office::at(13));
  }
  CasePack make(const std::string& subject = "C1") {
    return must(make({.subject = subject, .purpose = "complaint", .by = "hu.bo"}));
  }
  SealOptions seal_options() const {
    return {.place = {.folder = folder_ / "log",
                      .key_file = (folder_ / "test.log.key").string(),
                      .name = "evenhand/test"},
            .pack_bytes = [](store::Transaction&, std::string_view pack,
                             std::string_view version) -> std::optional<std::string> {
              const auto bytes =
                  bytes_of(fs::path("decisions/packs") / (std::string(pack) + ".dmn"));
              if (!kernel::sha256_hex(bytes).starts_with(version)) return std::nullopt;
              return bytes;
            }};
  }
  Office& office() { return office_; }
  const fs::path& folder() const { return folder_; }

 private:
  void post(const std::string& path, const std::string& body) {
    const auto answer = office_.ask("li.na", "POST", path, body);
    CHECK_MSG(static_cast<bool>(answer), answer ? "" : answer.error().message.c_str());
  }
  Office& office_;
  fs::path folder_;
  book::Shelf shelf_;
};

void in_each_bureau(const std::function<void(Bureau&)>& body) {
  tests::for_each_store(whole_schema(), [&](store::Store& store, const fs::path& folder) {
    Office office(store, folder);
    Bureau bureau(office, folder);
    body(bureau);
  });
}

fs::path unzip(const CasePack& pack, const fs::path& into) {
  fs::remove_all(into);
  fs::create_directories(into);
  std::ofstream(into.string() + ".zip", std::ios::binary) << pack.zip;
  const Ran ran = run("unzip -q " + into.string() + ".zip -d " + into.string());
  CHECK_MSG(ran.code == 0, ran.text.c_str());
  return into;
}

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Whoever forges a pack makes the list of its hashes again too.
void list_again(const fs::path& pack) {
  run("cd " + pack.string() +
      " && find . -type f ! -name MANIFEST.sha256 | sed 's/^..//' | sort | xargs sha256sum >m &&"
      " grep -v '  m$' m >MANIFEST.sha256; rm m");
}

TEST(Pack, AnOutsiderChecksIt) {
  in_each_bureau([](Bureau& bureau) {
    const CasePack made = bureau.make();
    EXPECT_EQ(made.documents, 2);
    EXPECT_GE(made.facts, 10);
    EXPECT_EQ(made.waiting, 1) << "that the pack was made";
    const fs::path pack = unzip(made, bureau.folder() / "pack");
    EXPECT_EQ(bytes_of(pack / "facts.jsonl").find("customer:C2"), std::string::npos);
    EXPECT_EQ(bytes_of(pack / "entries.jsonl").find("C1:1"), std::string::npos)
        << "the log names nobody";
    const Ran shell = run(pack / "check.sh");
    EXPECT_EQ(shell.code, 0) << shell.text;
    EXPECT_THAT(shell.text, HasSubstr("OK"));
    std::string vkey = bytes_of(pack / "vkey");
    vkey.pop_back();
    EXPECT_EQ(run((pack / "check.sh").string() + " '" + vkey + "'").code, 0);
    EXPECT_EQ(run((pack / "check.sh").string() + " other+00000000+AAAA").code, 1);
    const Ran text = run("pdftotext -layout " + (pack / "summary.pdf").string() + " -");
    for (const char* word : {"催收案件证据包", "欧**", "不许可联系", "还款承诺", "1200.00", "投诉",
                             "第1页共", "documents/", "evenhand/test"})
      EXPECT_THAT(text.text, HasSubstr(word));
    EXPECT_EQ(text.text.find("欧阳"), std::string::npos) << "masked";
    EXPECT_EQ(text.text.find("13812341234"), std::string::npos);
  });
}

TEST(Pack, EveryBreakIsFoundByGoAndBash) {
  if (!has_go()) GTEST_SKIP() << "no Go with golang-golang-x-mod-dev here";
  const tests::Folder folder;
  const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(),
                                       whole_schema());
  Office office(*store, folder.path());
  Bureau bureau(office, folder.path());
  const fs::path pack = unzip(bureau.make(), folder.path() / "pack");
  const fs::path program = folder.path() / "check";
  const Ran built =
      run("cd " + pack.string() + " && GO111MODULE=off GOFLAGS= GOPATH=/usr/share/gocode GOCACHE=" +
          (folder.path() / "gocache").string() + " go build -o " + program.string() + " check.go");
  ASSERT_EQ(built.code, 0) << built.text;
  const auto by_go = [&] { return run("cd " + pack.string() + " && " + program.string()); };
  const auto by_bash = [&] { return run(pack / "check.sh"); };
  ASSERT_EQ(by_go().code, 0) << by_go().text;

  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(pack))
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), pack));
  std::sort(files.begin(), files.end());
  ASSERT_GE(files.size(), 20U);
  int broken = 0;
  for (const fs::path& file : files) {
    const std::string whole = bytes_of(pack / file);
    const std::string manifest = bytes_of(pack / "MANIFEST.sha256");
    ASSERT_FALSE(whole.empty()) << file;
    const bool another_proof =
        file.string().starts_with("proofs/") && file.string() != "proofs/000001.tlog-proof";
    for (const std::size_t at : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
      if (another_proof && at != whole.size() / 2) continue;
      SCOPED_TRACE(file.string() + " byte " + std::to_string(at));
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 1);
      write(pack / file, bytes);
      EXPECT_EQ(by_go().code, 1);
      ++broken;
      // Forged with the list made again: only what nothing in the log speaks of gets through.
      const std::string name = file.string();
      const bool proven = name != "README.txt" && name != "summary.pdf" &&
                          !name.starts_with("check.") && name != "MANIFEST.sha256";
      if (proven) {
        list_again(pack);
        EXPECT_EQ(by_go().code, 1);
        if (at == whole.size() / 2 && name != "checkpoint" && !another_proof) {
          EXPECT_EQ(by_bash().code, 1);
        }
      }
      write(pack / file, whole);
      write(pack / "MANIFEST.sha256", manifest);
    }
  }
  EXPECT_GE(broken, 40);
  ASSERT_EQ(by_go().code, 0) << "whole again";
  // A fact taken out whole, with its entry and its proof; a file more.
  write(pack / "documents" / "more.txt", "x");
  EXPECT_EQ(by_go().code, 1);
  EXPECT_EQ(by_bash().code, 1);
}

TEST(Pack, TheSameFactsGiveTheSameBytes) {
  in_each_bureau([](Bureau& bureau) {
    const CasePack first = bureau.make();
    const CasePack again = bureau.make();
    EXPECT_EQ(again.waiting, first.waiting + 5)
        << "the first pack itself, and two documents disclosed and read for it";
    const fs::path a = unzip(first, bureau.folder() / "a"), b = unzip(again, bureau.folder() / "b");
    for (const char* same : {"facts.jsonl", "entries.jsonl", "checkpoint", "vkey", "check.go"})
      EXPECT_EQ(bytes_of(a / same), bytes_of(b / same)) << same;
  });
}

TEST(Pack, WhoAsksSaysWhyAndForWhat) {
  in_each_bureau([](Bureau& bureau) {
    const auto why = [&](CasePackRequest request) {
      request.by = "hu.bo";
      const auto made = bureau.make(request);
      return made ? std::string("made") : made.error().where;
    };
    EXPECT_EQ(why({.subject = "C1", .purpose = "curiosity"}), "purpose");
    EXPECT_EQ(why({.subject = "C9", .purpose = "court"}), "C9");
    EXPECT_EQ(why({.subject = "C1",
                   .from = Office::today(),
                   .to = Office::today().plus_days(-1),
                   .purpose = "court"}),
              "to");
    EXPECT_EQ(bureau.office().count("SELECT COUNT(*) FROM fact WHERE kind = 'evidence_pack_made'"),
              0);
    const auto later = must(bureau.make({.subject = "C1",
                                         .from = Office::today().plus_days(1),
                                         .to = {},
                                         .purpose = "court",
                                         .by = "hu.bo"}));
    EXPECT_EQ(later.facts, 0);
    EXPECT_EQ(later.documents, 0);
    EXPECT_EQ(bureau.office().texts("SELECT made_by FROM fact WHERE kind = 'evidence_pack_made'"),
              "user:hu.bo\n");
    const auto hold = must(bureau.office().store().transact([&](store::Transaction& tx) {
      return records::set_legal_hold(
          tx,
          {.scope = "person", .subject = "C1", .reason = kernel::Note::take("suit"), .by = "hu.bo"},
          Office::at(13));
    }));
    const CasePack of_hold = bureau.make(std::to_string(hold.legal_hold_id.value()));
    EXPECT_THAT(bytes_of(unzip(of_hold, bureau.folder() / "h") / "README.txt"),
                HasSubstr("C1、C1b"));
  });
}

TEST(Pack, AFactThatWasChangedMakesNoPack) {
  in_each_bureau([](Bureau& bureau) {
    // As somebody with the database could: the triggers are taken away first.
    const auto done = bureau.office().store().transact([&](store::Transaction& tx) {
      if (tx.on_postgres()) tx.execute("ALTER TABLE fact DISABLE TRIGGER USER");
    });
    ASSERT_TRUE(done);
    if (!bureau.office().store().on_postgres()) {
      std::string names = bureau.office().texts(
          "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'fact'");
      for (std::size_t at = 0; (at = names.find('\n')) != names.npos; names.erase(0, at + 1)) {
        const std::string name = names.substr(0, at);
        ASSERT_TRUE(bureau.office().store().transact(
            [&](store::Transaction& tx) { tx.execute("DROP TRIGGER " + name); }));
      }
    }
    ASSERT_TRUE(bureau.office().store().transact([&](store::Transaction& tx) {
      tx.execute("UPDATE fact SET made_by = 'user:somebody' WHERE kind = 'promise_made'");
    }));
    const auto made = bureau.make({.subject = "C1", .purpose = "court", .by = "hu.bo"});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, kernel::Code::corrupt);
  });
}

}  // namespace
}  // namespace evidence
