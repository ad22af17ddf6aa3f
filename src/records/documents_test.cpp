#include <gmock/gmock.h>

#include <thread>

#include "kernel/hash.h"
#include "records/media.h"
#include "records/sealed_file.h"
#include "tests/records_office.h"

namespace records {
namespace {

using kernel::Code;
using tests::Office;

TEST(Media, ByFirstBytes) {
  const std::string frame = std::string("\xff\xfb\x90\x00", 4);  // MPEG-1 layer III, 128 kbit/s
  const std::pair<std::string, std::string> cases[] = {
      {"%PDF-1.4 x", "application/pdf"},
      {"\x89PNG\r\n\x1a\nx", "image/png"},
      {"\xff\xd8\xff\xe0", "image/jpeg"},
      {std::string("RIFF\0\0\0\0WAVEfmt ", 16), "audio/wav"},
      {"#!AMR\n", "audio/amr"},
      {"OggS", "audio/ogg"},
      {std::string("\0\0\0\x18"
                   "ftypmp42",
                   12),
       "video/mp4"},
      {std::string("\0\0\0\x18"
                   "ftypM4A ",
                   12),
       "audio/mp4"},
      {"ID3\x03", "audio/mpeg"},
      {frame + std::string(413, 'x') + frame, "audio/mpeg"},
      {frame + std::string(412, 'x') + frame, ""},  // no second header where the first says
      {"催收函 plain text\n", "text/plain"},
      {"a\x01", ""},
      {"\xc0\xaf", ""},
      {"\xe5\x82", ""},
      {"MZ\x90", ""},
      {std::string("\x7f"
                   "ELF",
                   4),
       ""},
      {"", ""}};
  for (const auto& [bytes, type] : cases) EXPECT_EQ(media_type_of(bytes), type) << bytes;
}

TEST(Media, Base64) {
  EXPECT_EQ(*decode_base64(""), "");
  EXPECT_EQ(*decode_base64("Zg=="), "f");
  EXPECT_EQ(*decode_base64("Zm8="), "fo");
  EXPECT_EQ(*decode_base64("Zm9vYmFy"), "foobar");
  for (const char* bad : {"Z", "Zg=", "Zg", "Z===", "Zm9v\n", "Zm9v ===", "Z_==", "Zg==Zg=="})
    EXPECT_FALSE(decode_base64(bad)) << bad;
}

TEST(SealedFile, OpensOnlyAsItWasSealed) {
  const tests::Folder folder;
  const std::string key = make_file_key();
  const std::size_t chunk = 1 << 20;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk}) {
    SCOPED_TRACE(size);
    const auto path = folder.path() / ("f" + std::to_string(size));
    std::string plain(size, 'a');
    for (std::size_t i = 0; i < size; i += 1000) plain[i] = static_cast<char>(i / 1000);
    ASSERT_TRUE(write_sealed(path, key, "name", plain));
    EXPECT_FALSE(write_sealed(path, key, "name", plain)) << "a file is written once";
    EXPECT_TRUE(*read_sealed(path, key, "name") == plain);
    EXPECT_FALSE(read_sealed(path, key, "other"));
    EXPECT_FALSE(read_sealed(path, make_file_key(), "name"));
    const std::string sealed = bytes_of(path);
    EXPECT_EQ(sealed.find("aaaa"), sealed.npos);
    const auto broken = [&](const std::string& bytes) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
      return !read_sealed(path, key, "name");
    };
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{7}, sealed.size() / 2, sealed.size() - 1}) {
      std::string flipped = sealed;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      EXPECT_TRUE(broken(flipped)) << at;
    }
    EXPECT_TRUE(broken(sealed.substr(0, sealed.size() - 1)));
    EXPECT_TRUE(broken(sealed + "x"));
    EXPECT_TRUE(broken(""));
    if (size == 3 * chunk) {  // whole chunks dropped or swapped
      const std::size_t part = chunk + 16, head = 7;
      EXPECT_TRUE(broken(sealed.substr(0, head + 2 * part)));
      EXPECT_TRUE(broken(sealed.substr(0, head) + sealed.substr(head + part, part) +
                         sealed.substr(head, part) + sealed.substr(head + 2 * part)));
    }
  }
}

TEST(SealedFile, ShredsWhatLiesThere) {
  const tests::Folder folder;
  const auto path = folder.path() / "f", other = folder.path() / "link";
  std::ofstream(path) << std::string(3'000'000, 'x');
  std::filesystem::create_hard_link(path, other);  // looks at the same blocks afterwards
  ASSERT_TRUE(shred(path));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(bytes_of(other) == std::string(3'000'000, '\0'));
  EXPECT_TRUE(shred(path)) << "again is well";
}

TEST(Documents, SealedListedAndReadWithAFact) {
  in_each_records_office([](Office& office, const auto& data) {
    const Document added = add_pdf(office, data);
    EXPECT_EQ(added.media_type, "application/pdf");
    EXPECT_EQ(added.sha256, kernel::sha256_hex("%PDF-1.7\none"));
    EXPECT_EQ(added.bytes, 12);
    const auto files = sealed_files(data);
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(bytes_of(files[0]).find("PDF"), std::string::npos);
    EXPECT_EQ(files[0].string().find(added.sha256.substr(0, 12)), std::string::npos)
        << "no plain hash of the content is a name";
    EXPECT_EQ(office.texts("SELECT body FROM fact WHERE kind = 'document_added'").find("欧阳"),
              std::string::npos);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'document_read'"), 0);

    const auto opened = must(open_document(office.store(), data, added.document_id, "complaint",
                                           "zhang.min", Office::at(11)));
    EXPECT_EQ(opened.bytes, "%PDF-1.7\none");
    EXPECT_EQ(opened.file_name, "欧阳娜娜.pdf");
    EXPECT_EQ(office.texts("SELECT made_by FROM fact WHERE kind = 'document_read'"),
              "user:zhang.min\n");
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'secret_disclosed'"), 1);
    const auto why =
        open_document(office.store(), data, added.document_id, "", "x", Office::at(11));
    ASSERT_FALSE(why);
    EXPECT_EQ(why.error().where, "reason");
    const auto none =
        open_document(office.store(), data, DocumentId(5), "court", "x", Office::at(11));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Code::not_found);
  });
}

TEST(Documents, TheSameBytesOfACaseAreTheSameDocument) {
  in_each_records_office([](Office& office, const auto& data) {
    const Document first = add_pdf(office, data), again = add_pdf(office, data);
    EXPECT_EQ(first.document_id, again.document_id);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'document_added'"), 1);
    EXPECT_NE(add_pdf(office, data, "one", "C2").document_id, first.document_id)
        << "another case's document is its own";
    EXPECT_NE(add_pdf(office, data, "two").document_id, first.document_id);
    EXPECT_EQ(sealed_files(data).size(), 3U);

    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { add_pdf(office, data, "three"); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM document WHERE customer_no = 'C1'"), 3);
    EXPECT_EQ(sealed_files(data).size(), 4U) << "the losers' files are gone";
  });
}

TEST(Documents, WhatIsNotTaken) {
  in_each_records_office([](Office& office, const auto& data) {
    const auto why = [&](NewDocument document, std::string_view bytes) {
      document.by = "li.na";
      const auto added = add_document(office.store(), data, document, bytes, Office::at(10));
      return added ? std::string("taken") : added.error().where;
    };
    EXPECT_EQ(why({.customer_no = "C1", .kind = "letter"}, "%PDF-"), "taken");
    EXPECT_EQ(why({.customer_no = "C1", .kind = "poem"}, "%PDF-"), "kind");
    EXPECT_EQ(why({.customer_no = "C1", .kind = "letter", .source = "wind"}, "%PDF-"), "source");
    EXPECT_EQ(why({.customer_no = "C1", .kind = "recording"}, "%PDF-"), "kind");
    EXPECT_EQ(why({.customer_no = "C1", .kind = "letter"}, ""), "content");
    EXPECT_EQ(why({.customer_no = "C1", .kind = "letter"}, "MZ\x90"), "content");
    EXPECT_EQ(why({.customer_no = "C9", .kind = "letter"}, "%PDF-"), "case_id");
    EXPECT_EQ(sealed_files(data).size(), 1U);
  });
}

TEST(Documents, BytesThatWereChangedAreNotShown) {
  in_each_records_office([](Office& office, const auto& data) {
    const Document added = add_pdf(office, data);
    const auto file = sealed_files(data).at(0);
    std::string bytes = bytes_of(file);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    const auto opened =
        open_document(office.store(), data, added.document_id, "court", "x", Office::at(11));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::corrupt);
    std::filesystem::remove(file);
    const auto gone =
        open_document(office.store(), data, added.document_id, "court", "x", Office::at(11));
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, Code::corrupt);
  });
}

// ---- legal holds -------------------------------------------------------------------------------

LegalHold hold_case(Office& office, const std::string& customer_no,
                    const std::string& scope = "case") {
  return must(office.store().transact([&](store::Transaction& tx) {
    return set_legal_hold(tx,
                          {.scope = scope,
                           .subject = customer_no,
                           .reason = kernel::Note::take("欧阳娜娜诉我行"),
                           .by = "hu.bo"},
                          Office::at(10));
  }));
}

Code lift(Office& office, LegalHoldId id, const std::string& asks, const std::string& approves) {
  const auto done = office.store().transact([&](store::Transaction& tx) -> kernel::Status {
    const approval::Setup approvals = test_approvals();
    TRY_ASSIGN(const auto asked,
               ask_lift(tx, approvals, id, kernel::Note::take("结案"), asks, Office::at(11)));
    TRY(approval::approve(tx, approvals, {.approval_id = asked.approval_id, .by = approves},
                          Office::at(12)));
    return kernel::Ok{};
  });
  return done ? Code::too_many : done.error().code;  // too_many: none of those expected
}

// Ids have 19 digits from the summer of 2027 on.
TEST(LegalHolds, ADocumentIsNamedByAnIdOfAnyLength) {
  in_each_records_office([](Office& office, const auto& data) {
    const Document added = add_pdf(office, data);
    const std::int64_t id = 1'234'567'890'123'456'789;
    ASSERT_TRUE(office.store().transact([&](store::Transaction& tx) {
      tx.execute("UPDATE document SET document_id = $1 WHERE document_id = $2",
                 {id, added.document_id});
    }));
    EXPECT_EQ(hold_case(office, std::to_string(id), "document").customer_no, "C1");
    const auto wrong = office.store().transact([&](store::Transaction& tx) {
      return set_legal_hold(tx,
                            {.scope = "document",
                             .subject = std::to_string(id) + "x",
                             .reason = kernel::Note::take("suit"),
                             .by = "hu.bo"},
                            Office::at(10));
    });
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Code::not_found);
  });
}

TEST(LegalHolds, LiftedByTwoPeopleOnly) {
  in_each_records_office([](Office& office, const auto&) {
    const LegalHold hold = hold_case(office, "C1");
    EXPECT_EQ(office.texts("SELECT body FROM fact WHERE kind = 'legal_hold_set'").find("欧阳"),
              std::string::npos);
    EXPECT_EQ(lift(office, hold.legal_hold_id, "hu.bo", "hu.bo"), Code::forbidden);
    EXPECT_EQ(lift(office, LegalHoldId(4), "hu.bo", "guo.jing"), Code::not_found);
    EXPECT_EQ(lift(office, hold.legal_hold_id, "hu.bo", "guo.jing"), Code::too_many);
    EXPECT_EQ(lift(office, hold.legal_hold_id, "hu.bo", "guo.jing"), Code::conflict);
    EXPECT_EQ(office.texts("SELECT kind FROM fact WHERE kind LIKE 'legal_hold%' OR kind LIKE"
                           " 'approval%' ORDER BY fact_id"),
              "legal_hold_set\napproval_asked\napproval_given\nlegal_hold_lifted\n");
  });
}

TEST(LegalHolds, OfAPersonTouchesEveryCaseOfTheirs) {
  in_each_records_office([](Office& office, const auto&) {
    hold_case(office, "C1", "person");
    const auto on = [&](const char* customer_no) {
      return must(office.store().read([&](store::Transaction& tx) {
        return static_cast<int>(legal_holds_on(tx, customer_no, Office::today()).size());
      }));
    };
    EXPECT_EQ(on("C1"), 1);
    EXPECT_EQ(on("C1b"), 1);
    EXPECT_EQ(on("C2"), 0);
  });
}

TEST(LegalHolds, WhatCannotBeHeld) {
  in_each_records_office([](Office& office, const auto&) {
    const auto why = [&](LegalHoldRequest request) {
      request.by = "hu.bo";
      const auto set = office.store().transact(
          [&](store::Transaction& tx) { return set_legal_hold(tx, request, Office::at(10)); });
      return set ? std::string("set") : set.error().where;
    };
    const auto note = [] { return kernel::Note::take("why"); };
    EXPECT_EQ(why({.scope = "case", .subject = "C1"}), "reason");
    EXPECT_EQ(why({.scope = "case", .subject = "C9", .reason = note()}), "subject");
    EXPECT_EQ(why({.scope = "document", .subject = "1x", .reason = note()}), "subject");
    EXPECT_EQ(why({.scope = "planet", .subject = "C1", .reason = note()}), "scope");
    EXPECT_EQ(why({.scope = "case",
                   .subject = "C1",
                   .reason = note(),
                   .until = Office::today().plus_days(-1)}),
              "until");
    EXPECT_EQ(why({.scope = "kind", .subject = "recording", .reason = note()}), "set");
  });
}

}  // namespace
}  // namespace records
