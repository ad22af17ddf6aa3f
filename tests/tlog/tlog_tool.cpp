// What the Go program checks, and what checks the Go program's notes.
//   tlog_tool make LOG N          a log of N entries, sealed in many steps, with kept checkpoints
//   tlog_tool open NOTE VKEYFILE  exit 0 when the note opens with that key
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "tlog/files.h"
#include "tlog/timestamp.h"
#include "tlog/tlog.h"

namespace {

namespace fs = std::filesystem;
using kernel::Status;

Status make(const fs::path& log, std::uint64_t count) {
  TRY_ASSIGN(tlog::Writer writer, tlog::Writer::open(log, {}));
  TRY_ASSIGN(const tlog::Signer signer,
             tlog::Signer::open(log.string() + ".key", "example.com/evenhand", true));
  std::ofstream(log / "vkey") << signer.vkey() << "\n";
  std::mt19937_64 random(count);
  // Sealed at sizes about and around what fills tiles.
  for (std::uint64_t size = 0, next = 1; size < count; next = next * 2 + random() % 3) {
    for (const std::uint64_t end = std::min(size + next, count); size < end; ++size)
      TRY(writer.add(fmt::format("entry {} {}", size, std::string(random() % 300, 'e'))));
    TRY_ASSIGN(const tlog::Tree tree, writer.flush());
    const std::string note = tlog::sign_checkpoint(tree, signer);
    TRY(writer.publish(note));
    TRY(tlog::keep_checkpoint(log, note));
  }
  return kernel::Ok{};
}

Status open(const fs::path& note, const fs::path& key_file) {
  TRY_ASSIGN(const std::string text, tlog::read_whole(note));
  TRY_ASSIGN(const std::string key, tlog::read_whole(key_file));
  TRY_ASSIGN(const tlog::Verifier verifier, tlog::Verifier::parse(key));
  TRY(tlog::open_note(text, {&verifier, 1}));
  return kernel::Ok{};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  const std::string what = argv[1];
  const Status done = what == "make" ? make(argv[2], std::stoull(argv[3])) : open(argv[2], argv[3]);
  if (!done) fmt::print(stderr, "{} {}\n", done.error().message, done.error().where);
  return done ? 0 : 1;
}
