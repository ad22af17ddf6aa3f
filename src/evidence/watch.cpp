#include "evidence/watch.h"

#include "tlog/config.h"
#include "tlog/timestamp.h"
#include "tlog/tlog.h"

namespace evidence {

namespace fs = std::filesystem;

struct Watchers::Inside {
  fs::path log;
  tlog::Watch watch;
  tlog::Witnesses witnesses;
  std::string shown;  // the text last shown
};

Watchers::Watchers(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Watchers::Watchers(Watchers&&) noexcept = default;
Watchers::~Watchers() = default;

kernel::Result<Watchers> Watchers::open(const fs::path& data, const fs::path& log) {
  tlog::Watch watch;
  if (fs::exists(data / "watch.toml")) {
    TRY_ASSIGN(watch, tlog::read_watch(data / "watch.toml"));
  }
  auto witnesses = watch.witnesses;
  return Watchers(std::unique_ptr<Inside>(
      new Inside{log, std::move(watch), tlog::Witnesses(std::move(witnesses)), {}}));
}

std::vector<std::string> Watchers::show() {
  std::vector<std::string> problems;
  Inside& in = *inside_;
  if (in.witnesses.empty() && !in.watch.authority) return problems;
  const fs::path file = in.log / "checkpoint";
  const auto note = tlog::read_whole(file);
  if (!note) return problems;  // nothing sealed yet
  const auto parsed = tlog::parse_note(*note);
  if (!parsed || parsed->text == in.shown) return problems;
  tlog::Cosigned cosigned = in.witnesses.cosign(in.log, *note);
  for (const kernel::Error& failure : cosigned.failures)
    problems.push_back("witness " + failure.where + ": " + failure.message);
  // A checkpoint published meanwhile is shown next time.
  const auto still = tlog::read_whole(file);
  if (still && *still == *note && cosigned.note != *note) {
    const auto placed = tlog::replace_file(file, cosigned.note);
    if (!placed) problems.push_back(placed.error().message);
  }
  if (in.watch.authority) {
    const auto stamped =
        tlog::stamp_checkpoint(in.log, cosigned.note, *in.watch.authority, in.watch.tsa_ca);
    if (!stamped) problems.push_back("time-stamp: " + stamped.error().message);
  }
  if (problems.empty()) in.shown = parsed->text;
  return problems;
}

}  // namespace evidence
