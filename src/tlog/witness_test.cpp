// Witnesses and time-stamps over real HTTP; the authority is `openssl ts`.
#include "tlog/witness.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "kernel/hash.h"
#include "tests/tiny_http.h"
#include "tlog/config.h"
#include "tlog/files.h"
#include "tlog/timestamp.h"
#include "tlog/tlog.h"
#include "tlog/verify.h"

namespace tlog {
namespace {

namespace fs = std::filesystem;
using kernel::Code;

constexpr std::uint64_t now = 1'795'000'000;

class WitnessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    service_ = open(true);
    ASSERT_TRUE(service_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<WitnessService> open(bool create) {
    service_.reset();
    auto opened = WitnessService::open(folder_ / "state", create, *Signer::parse(private_key_),
                                       {log_.verifier()});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  // A log folder of these many entries; `salt` makes another history.
  std::string make_log(const std::string& name, std::uint64_t size, const std::string& salt = "") {
    fs::remove_all(folder_ / name);
    auto writer = Writer::open(folder_ / name, {});
    for (std::uint64_t i = 0; i < size; ++i) EXPECT_TRUE(writer->add(salt + std::to_string(i)));
    const std::string note = sign_checkpoint(*writer->flush(), log_);
    EXPECT_TRUE(writer->publish(note));
    return note;
  }
  std::string request(const std::string& name, std::uint64_t old_size, const std::string& note) {
    const auto checkpoint = parse_checkpoint(parse_note(note)->text);
    const Reader reader(folder_ / name, checkpoint->tree.size);
    return render_add_checkpoint(
        {old_size, *reader.consistency(old_size, checkpoint->tree.size), note});
  }

  fs::path folder_ = fs::temp_directory_path() / ("evenhand_witness_" + std::to_string(::getpid()));
  Signer log_ = Signer::generate("example.com/log");
  // Made by the private form, so that the same witness can be opened again.
  std::string private_key_ = [this] {
    fs::create_directories(folder_);
    EXPECT_TRUE(Signer::open(folder_ / "w.key", "example.com/witness", true, KeyType::cosignature));
    return *read_whole(folder_ / "w.key");
  }();
  Signer witness_ = *Signer::parse(private_key_);
  std::unique_ptr<WitnessService> service_;
};

TEST_F(WitnessTest, CosignsWhatContinues) {
  const std::string ten = make_log("log", 10);
  const auto first = service_->add_checkpoint(request("log", 0, ten), now);
  ASSERT_EQ(first.status, 200) << first.body;
  const auto opened =
      open_checkpoint(ten + first.body, std::vector{log_.verifier(), witness_.verifier()});
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_EQ(opened->note.verified.size(), 2);
  EXPECT_EQ(cosigned_at(opened->note.verified[1]), now);
  const std::string more = make_log("log", 300);
  EXPECT_EQ(service_->add_checkpoint(request("log", 10, more), now).status, 200);
  // The same again is no news, but it is true.
  EXPECT_EQ(service_->add_checkpoint(request("log", 300, more), now + 5).status, 200);
  // What it says it saw last can be read by monitors.
  const auto seen = service_->checkpoint(kernel::sha256_hex("example.com/log"));
  EXPECT_EQ(seen.status, 200);
  EXPECT_TRUE(open_checkpoint(seen.body, std::vector{log_.verifier(), witness_.verifier()}));
  EXPECT_EQ(service_->checkpoint(std::string(64, '0')).status, 404);
}

TEST_F(WitnessTest, RefusesForksRollbacksAndStrangers) {
  const std::string ten = make_log("log", 10), more = make_log("more", 20);
  ASSERT_EQ(service_->add_checkpoint(request("more", 0, more), now).status, 200);
  // Rolled back: it tells what it saw.
  auto reply = service_->add_checkpoint(request("log", 0, ten), now);
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.body, "20\n");
  EXPECT_EQ(reply.content_type, "text/x.tlog.size");
  EXPECT_EQ(service_->add_checkpoint(render_add_checkpoint({20, {}, ten}), now).status, 400);
  // Forks: another history of the same size, and a longer one.
  const std::string fork = make_log("fork", 20, "other"), longer = make_log("fork30", 30, "other");
  EXPECT_EQ(service_->add_checkpoint(request("fork", 20, fork), now).status, 422);
  EXPECT_EQ(service_->add_checkpoint(request("fork30", 20, longer), now).status, 422);
  EXPECT_EQ(service_->add_checkpoint(request("fork30", 0, longer), now).status, 409);
  // A proof where none belongs.
  const auto fresh = open(false);
  EXPECT_EQ(fresh->add_checkpoint(render_add_checkpoint({0, {Hash{}}, more}), now).status, 409);
  // Strangers.
  const Signer other = Signer::generate("example.com/other"),
               posing = Signer::generate("example.com/log");
  const Tree tree{1, leaf_hash("x")};
  EXPECT_EQ(fresh->add_checkpoint(render_add_checkpoint({0, {}, sign_checkpoint(tree, other)}), now)
                .status,
            404);
  EXPECT_EQ(
      fresh->add_checkpoint(render_add_checkpoint({0, {}, sign_checkpoint(tree, posing)}), now)
          .status,
      403);
  Note forged = *parse_note(more);
  forged.signatures[0].bytes[5] ^= 1;
  EXPECT_EQ(fresh->add_checkpoint(render_add_checkpoint({20, {}, render_note(forged)}), now).status,
            403);
  const std::string text = "example.com/log\n0\n" + base64(bytes_of(Hash{})) + "\n";
  EXPECT_EQ(fresh
                ->add_checkpoint(
                    render_add_checkpoint({0, {}, render_note({text, {log_.sign(text)}})}), now)
                .status,
            422);
  for (const char* garbage :
       {"", "old 0\n", "old x\n\n", "old 00\n\nx", "new 0\n\n", "old 0\nAA==\n\n"})
    EXPECT_EQ(fresh->add_checkpoint(garbage, now).status, 400) << garbage;
}

TEST_F(WitnessTest, RemembersOverARestart) {
  const std::string more = make_log("more", 20);
  ASSERT_EQ(service_->add_checkpoint(request("more", 0, more), now).status, 200);
  EXPECT_EQ(WitnessService::open(folder_ / "state", false, witness_, {}).error().code,
            Code::conflict);
  const auto again = open(false);
  const std::string fork = make_log("fork", 20, "other");
  EXPECT_EQ(again->add_checkpoint(request("fork", 0, fork), now).status, 409);
  EXPECT_EQ(again->add_checkpoint(request("fork", 20, fork), now).status, 422);
  // Its memory lost or altered: it does not begin anew by itself.
  EXPECT_EQ(WitnessService::open(folder_ / "lost", false, witness_, {}).error().code,
            Code::not_found);
  std::string state = *read_whole(folder_ / "state");
  state[state.find("\n20\n") + 1] = '1';
  std::ofstream(folder_ / "altered") << state;
  EXPECT_EQ(WitnessService::open(folder_ / "altered", false, witness_, {}).error().code,
            Code::corrupt);
}

TEST_F(WitnessTest, ItsStateMayLieInTheFolderItRunsIn) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  const auto opened = WitnessService::open("state2", true, witness_, {});
  fs::current_path(before);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(fs::exists(folder_ / "state2"));
}

TEST_F(WitnessTest, TheLogAsksOverHttp) {
  tests::TinyHttp server([&](const std::string& path, const std::string& body) {
    EXPECT_EQ(path, "/w1/add-checkpoint");
    const auto reply = service_->add_checkpoint(body, now);
    return tests::TinyHttp::Answer{reply.status, reply.content_type, reply.body};
  });
  const auto witness_at = [&](const std::string& url) {
    return Witness{witness_.verifier(), {url, "", 20'000}};
  };
  Witnesses witnesses({witness_at(server.url() + "/w1")});
  for (const std::uint64_t size : {1, 20, 700}) {
    const std::string note = make_log("log", size);
    const Cosigned cosigned = witnesses.cosign(folder_ / "log", note);
    ASSERT_TRUE(cosigned.failures.empty()) << cosigned.failures[0].message;
    EXPECT_EQ(cosigned.witnesses, std::vector<std::string>{"example.com/witness"});
    EXPECT_TRUE(open_checkpoint(cosigned.note, std::vector{log_.verifier(), witness_.verifier()}));
  }
  // A sealer that begins anew learns from the 409 what was seen.
  Witnesses begun_anew({witness_at(server.url() + "/w1")});
  const std::string note = make_log("log", 1'000);
  const Cosigned cosigned = begun_anew.cosign(folder_ / "log", note);
  EXPECT_EQ(cosigned.witnesses.size(), 1);
  // Cosigned, published and verified.
  std::ofstream(folder_ / "log/checkpoint") << cosigned.note;
  std::ofstream(folder_ / "log/vkey") << log_.vkey() << "\n";
  VerifyOptions options;
  options.witnesses = {witness_.verifier()};
  Report report = verify(folder_ / "log", options);
  EXPECT_EQ(report.finding_count, 0);
  EXPECT_EQ(report.cosigners.size(), 1);
  EXPECT_EQ(verify(folder_ / "log", {}).unknown_signatures, 1);
  std::string altered = cosigned.note;
  altered[altered.size() - 20] = altered[altered.size() - 20] == 'A' ? 'B' : 'A';
  std::ofstream(folder_ / "log/checkpoint", std::ios::trunc) << altered;
  report = verify(folder_ / "log", options);
  ASSERT_EQ(report.finding_count, 1);
  EXPECT_EQ(report.findings[0].kind, "cosignature_wrong");
  // Rolled back, forked: conflict. Nobody there: unavailable.
  EXPECT_EQ(begun_anew.cosign(folder_ / "log", make_log("log", 30)).failures[0].code,
            Code::conflict);
  EXPECT_EQ(begun_anew.cosign(folder_ / "log", make_log("log", 1'100, "other")).failures[0].code,
            Code::conflict);
  Witnesses nobody({witness_at("http://127.0.0.1:9")});
  const Cosigned none = nobody.cosign(folder_ / "log", note);
  EXPECT_EQ(none.failures[0].code, Code::unavailable);
  EXPECT_EQ(none.note, note);
}

TEST_F(WitnessTest, AWitnessThatLiesIsNotBelieved) {
  std::string lie;
  tests::TinyHttp server([&](const std::string&, const std::string&) {
    return tests::TinyHttp::Answer{200, "text/plain", lie};
  });
  Witnesses witnesses({{witness_.verifier(), {server.url(), "", 20'000}}});
  const std::string note = make_log("log", 5);
  const Signer other = Signer::generate("example.com/witness", KeyType::cosignature);
  for (const std::string& said :
       {std::string(), std::string("garbage"),
        signature_line(other.cosign(parse_note(note)->text, now)),
        signature_line(witness_.cosign("another text\n", now)), std::string(2'000'000, 'x')}) {
    lie = said;
    const Cosigned cosigned = witnesses.cosign(folder_ / "log", note);
    ASSERT_EQ(cosigned.failures.size(), 1);
    EXPECT_EQ(cosigned.note, note);
  }
}

// ---- time-stamps: an authority made of `openssl ts` ---------------------------------------------

class TimestampTest : public WitnessTest {
 protected:
  int run(const std::string& command) {
    return std::system(
        ("cd " + (folder_ / "tsa").string() + " && " + command + " >log 2>&1").c_str());
  }
  void SetUp() override {
    WitnessTest::SetUp();
    fs::create_directories(folder_ / "tsa");
    std::ofstream(folder_ / "tsa/tsa.cnf")
        << "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_cert = tsa.pem\ncerts = ca.pem\n"
           "signer_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
           "digests = sha256\ness_cert_id_alg = sha256\n";
    std::ofstream(folder_ / "tsa/e.cnf")
        << "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
           "basicConstraints=CA:FALSE\n";
    const std::string key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
    ASSERT_EQ(run("openssl req -x509 " + key + "-keyout ca.key -out ca.pem -subj /CN=CA -days 30"),
              0);
    ASSERT_EQ(run("openssl req " + key + "-keyout tsa.key -out tsa.csr -subj /CN=TSA"), 0);
    ASSERT_EQ(run("openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 "
                  "-extfile e.cnf -out tsa.pem"),
              0);
    ASSERT_EQ(
        run("openssl req -x509 " + key + "-keyout other.key -out other.pem -subj /CN=X -days 30"),
        0);
    server_ =
        std::make_unique<tests::TinyHttp>([this](const std::string&, const std::string& body) {
          std::ofstream(folder_ / "tsa/query", std::ios::binary)
              << (replayed_.empty() ? body : replayed_);
          EXPECT_EQ(run("openssl ts -reply -config tsa.cnf -queryfile query -out reply"), 0);
          return tests::TinyHttp::Answer{200, "application/timestamp-reply",
                                         *read_whole(folder_ / "tsa/reply")};
        });
  }
  std::string ca(const char* name) { return (folder_ / "tsa" / name).string(); }
  std::string replayed_;
  std::unique_ptr<tests::TinyHttp> server_;
};

TEST_F(TimestampTest, ACheckpointIsStampedAndVerified) {
  const std::string note = make_log("log", 500);
  const fs::path log = folder_ / "log";
  std::ofstream(log / "vkey") << log_.vkey() << "\n";
  const auto stamped = stamp_checkpoint(log, note, {server_->url(), "", 20'000}, ca("ca.pem"));
  ASSERT_TRUE(stamped) << stamped.error().message;
  const std::string reply = *read_whole(log / "timestamps/500.tsr");
  const auto at = check_timestamp(reply, note, ca("ca.pem"));
  ASSERT_TRUE(at) << at.error().message;
  EXPECT_LT(std::abs(*at - static_cast<std::int64_t>(std::time(nullptr))), 600);
  // The public tool says so too.
  EXPECT_EQ(run("openssl ts -verify -in " + (log / "timestamps/500.tsr").string() + " -data " +
                (log / "checkpoints/500").string() + " -CAfile ca.pem"),
            0);
  VerifyOptions options;
  options.tsa_ca = ca("ca.pem");
  Report report = verify(log, options);
  EXPECT_EQ(report.finding_count, 0);
  EXPECT_EQ(report.timestamps, 1);
  EXPECT_TRUE(report.timestamps_trusted);
  EXPECT_FALSE(verify(log, {}).timestamps_trusted);

  EXPECT_EQ(check_timestamp(reply, note + "x", "").error().code, Code::corrupt);
  EXPECT_EQ(check_timestamp(reply, note, ca("other.pem")).error().code, Code::corrupt);
  EXPECT_EQ(check_timestamp("garbage", note, "").error().code, Code::corrupt);
  options.tsa_ca = ca("other.pem");
  report = verify(log, options);
  ASSERT_EQ(report.finding_count, 1);
  EXPECT_EQ(report.findings[0].kind, "timestamp_wrong");
  EXPECT_EQ(report.findings[0].file, "timestamps/500.tsr");
  std::ofstream(log / "timestamps/500.tsr") << "garbage";
  report = verify(log, {});
  ASSERT_EQ(report.finding_count, 1);
  EXPECT_EQ(report.findings[0].kind, "timestamp_wrong");
  fs::remove(log / "checkpoints/500");
  report = verify(log, {});
  ASSERT_EQ(report.finding_count, 1);
  EXPECT_EQ(report.findings[0].kind, "file_missing");
}

TEST_F(TimestampTest, AnAnswerToAnotherQuestionIsRefused) {
  const HttpTarget authority{server_->url(), "", 20'000};
  ASSERT_TRUE(fetch_timestamp(authority, "one", ca("ca.pem")));
  EXPECT_EQ(fetch_timestamp(authority, "one", ca("other.pem")).error().code, Code::corrupt);
  replayed_ = *read_whole(folder_ / "tsa/query");  // of before: another nonce
  EXPECT_EQ(fetch_timestamp(authority, "one", ca("ca.pem")).error().code, Code::corrupt);
  EXPECT_EQ(fetch_timestamp(authority, "two", ca("ca.pem")).error().code, Code::corrupt);
  EXPECT_EQ(fetch_timestamp({"http://127.0.0.1:9", "", 1'000}, "one", "").error().code,
            Code::unavailable);
}

TEST_F(WitnessTest, AWatchFileIsReadStrictly) {
  const fs::path file = folder_ / "watch.toml";
  const auto read = [&](const std::string& text) {
    std::ofstream(file, std::ios::trunc) << text;
    return read_watch(file);
  };
  const auto watch =
      read("[[witness]]\nurl = \"https://w.example/1/\"\nvkey = \"" + witness_.vkey() +
           "\"\ntimeout_ms = 900\n[timestamp]\nurl = \"http://tsa.example\"\n"
           "ca_file = \"ca.pem\"\n");
  ASSERT_TRUE(watch) << watch.error().message;
  ASSERT_EQ(watch->witnesses.size(), 1);
  EXPECT_EQ(watch->witnesses[0].target.url, "https://w.example/1");
  EXPECT_EQ(watch->witnesses[0].target.timeout_ms, 900);
  EXPECT_EQ(watch->tsa_ca, (folder_ / "ca.pem").string());
  EXPECT_TRUE(read(""));
  for (const std::string& bad :
       {std::string("x = 1"), std::string("[[witness]]\nurl = \"https://w\"\n"),
        "[[witness]]\nurl = \"ftp://w\"\nvkey = \"" + witness_.vkey() + "\"\n",
        "[[witness]]\nurl = \"https://w\"\nvkey = \"" + log_.vkey() + "\"\n",
        "[witness]\nurl = \"https://w\"\nvkey = \"" + witness_.vkey() + "\"\n",
        std::string("[timestamp]\nurl = \"https://t\"\nca = \"x\"\n"), std::string("[timestamp\n")})
    EXPECT_EQ(read(bad).error().code, Code::invalid_input) << bad;
  EXPECT_EQ(read_watch(folder_ / "none.toml").error().code, Code::not_found);
}

}  // namespace
}  // namespace tlog
