#include "tlog/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "tlog/files.h"
#include "tlog/reader.h"
#include "tlog/timestamp.h"
#include "tlog/verify_tree.h"

namespace tlog {

namespace fs = std::filesystem;
using kernel::Code;

namespace {

constexpr int look_again_ms = 100;

std::string kept_name(std::uint64_t size) {
  return "checkpoints/" + std::to_string(size);
}

// One run: the report while it is made.
class Verification {
 public:
  Verification(const fs::path& log, const VerifyOptions& options)
      : log_(log), options_(options), keys_(options.keys), findings_(options.most_findings) {}
  Report run();

 private:
  void find(std::string kind, std::string file, std::string zh, std::string en) {
    findings_.add({std::move(kind), std::move(file), std::nullopt, std::nullopt, std::move(zh),
                   std::move(en)});
  }
  void load_keys();
  std::optional<OpenedCheckpoint> open(const std::string& file, const std::string& bytes);
  bool load_checkpoint();
  bool plausible(std::uint64_t size) const;
  void check_cosignatures(const OpenedCheckpoint& opened, bool latest);
  void check_older(const std::string& name, const OpenedCheckpoint& opened, const TreeCheck& tree);
  void check_timestamp(const std::string& size);
  void check_tree();
  void walk();
  void account_for(const fs::directory_entry& entry);
  void name_beyond();
  void wait_for_sealer();

  const fs::path log_;
  const VerifyOptions& options_;
  std::vector<Verifier> keys_;
  Findings findings_;
  Report report_;
  std::vector<std::pair<std::string, std::string>> kept_;  // older checkpoints: name, bytes
  std::vector<std::string> stamped_;                       // sizes of time-stamps
  std::vector<TileName> partials_;                         // that wider tiles have replaced
  std::vector<std::pair<TileName, std::string>> beyond_;   // tiles the checkpoint does not reach
};

void Verification::load_keys() {
  report_.key_from_log = keys_.empty();
  const auto bytes = read_whole(log_ / "vkey");
  auto key = bytes ? Verifier::parse(*bytes) : kernel::Result<Verifier>(bytes.error());
  if (!bytes) {
    find("key_missing", "vkey", "日志公钥缺失", "the log's public key is missing");
  } else if (!key) {
    find("key_garbage", "vkey", "日志公钥不成格式", "the log's public key is not one");
  } else if (keys_.empty()) {
    keys_.push_back(std::move(*key));
  } else if (std::none_of(keys_.begin(), keys_.end(),
                          [&](const Verifier& given) { return given.vkey() == key->vkey(); })) {
    find("key_unknown", "vkey", "日志旁的公钥不是给出的那一把",
         "the key beside the log is not the one that was given");
  }
}

// A checkpoint, named where its signature or text is not right. Witnesses' signatures are judged by
// check_cosignatures: a wrong one does not make the log's own wrong.
std::optional<OpenedCheckpoint> Verification::open(const std::string& file,
                                                   const std::string& bytes) {
  auto opened = open_checkpoint(bytes, keys_);
  if (opened) return std::move(*opened);
  const kernel::Error& error = opened.error();
  if (error.code == Code::corrupt)
    find("signature_wrong", file, "签名与内容不符", "the signature does not fit the text");
  else if (error.code == Code::unauthenticated)
    find("key_unknown", file, "不是由给出的日志公钥签名",
         "not signed by the log's key that was given");
  else
    find("checkpoint_garbage", file, "检查点不成格式：" + error.message, error.message);
  return std::nullopt;
}

void Verification::check_cosignatures(const OpenedCheckpoint& opened, bool latest) {
  for (const Signature& signature : opened.note.unknown) {
    const auto witness = std::find_if(options_.witnesses.begin(), options_.witnesses.end(),
                                      [&](const Verifier& key) { return key.knows(signature); });
    if (witness == options_.witnesses.end()) {
      if (latest) ++report_.unknown_signatures;
    } else if (!witness->verify(opened.note.text, signature)) {
      find("cosignature_wrong", latest ? "checkpoint" : kept_name(opened.checkpoint.tree.size),
           "见证方 " + signature.name + " 的共签与内容不符",
           "the cosignature of " + signature.name + " does not fit the text");
    } else if (latest) {
      report_.cosigners.push_back(signature.name);
    }
  }
}

// A size nobody known signed is looked at only when files of that size are there.
bool Verification::plausible(std::uint64_t size) const {
  if (size == 0) return true;
  const TileName last{entries_level, (size - 1) / tile_width,
                      tile_width_at(size, 0, (size - 1) / tile_width)};
  return fs::exists(log_ / tile_path(last));
}

// False where there is no tree to compare with.
bool Verification::load_checkpoint() {
  const auto bytes = read_whole(log_ / "checkpoint");
  if (!bytes) {
    find("checkpoint_missing", "checkpoint", "检查点缺失", "the checkpoint is missing");
    return false;
  }
  if (keys_.empty()) return false;
  if (const auto opened = open("checkpoint", *bytes)) {
    report_.signed_by_known_key = true;
    report_.origin = opened->checkpoint.origin;
    report_.tree = opened->checkpoint.tree;
    check_cosignatures(*opened, true);
    return true;
  }
  const auto note = parse_note(*bytes);
  const auto checkpoint =
      note ? parse_checkpoint(note->text) : kernel::Result<Checkpoint>(note.error());
  if (!checkpoint || !plausible(checkpoint->tree.size)) return false;
  report_.origin = checkpoint->origin;
  report_.tree = checkpoint->tree;
  return true;
}

void Verification::check_older(const std::string& name, const OpenedCheckpoint& opened,
                               const TreeCheck& tree) {
  const Tree& older = opened.checkpoint.tree;
  if (opened.checkpoint.origin != report_.origin) {
    find("key_unknown", name, "是另一份日志的检查点：" + opened.checkpoint.origin,
         "a checkpoint of another log: " + opened.checkpoint.origin);
    return;
  }
  check_cosignatures(opened, false);
  if (older.size > report_.tree.size) {
    findings_.add({"rolled_back", name, report_.tree.size, older.size - 1,
                   fmt::format("日志曾签名到 {} 条，现只有 {} 条", older.size, report_.tree.size),
                   fmt::format("the log once signed {} entries and now shows {}", older.size,
                               report_.tree.size)});
    return;
  }
  const auto root = tree.root_at(older.size);
  if (root && *root == older.root) {
    ++report_.older_checkpoints;
  } else if (root) {  // else what is below it is not known, which was told
    findings_.add(
        {"inconsistent", name, 0, older.size == 0 ? 0 : older.size - 1,
         fmt::format("日志的前 {} 条与那时签名的不同", older.size),
         fmt::format("the log's first {} entries are not those signed then", older.size)});
  }
}

void Verification::check_timestamp(const std::string& size) {
  const std::string file = "timestamps/" + size + ".tsr", stamped_file = "checkpoints/" + size;
  const auto reply = read_whole(log_ / file);
  const auto stamped = read_whole(log_ / stamped_file);
  if (!stamped) {
    find("file_missing", stamped_file, "时间戳所盖的检查点缺失",
         "the checkpoint that was time-stamped is missing");
    return;
  }
  const auto checked =
      reply ? tlog::check_timestamp(*reply, *stamped, options_.tsa_ca) : reply.error();
  if (checked) {
    ++report_.timestamps;
    report_.timestamps_trusted = !options_.tsa_ca.empty();
  } else {
    find("timestamp_wrong", file, "时间戳不成立：" + checked.error().message,
         "the time-stamp does not hold: " + checked.error().message);
  }
}

void Verification::account_for(const fs::directory_entry& entry) {
  const std::string path = entry.path().lexically_relative(log_).generic_string();
  ++report_.files;
  const auto foreign = [&] {
    find("file_foreign", path, "不属于日志的文件", "a file that does not belong to the log");
  };
  std::error_code error;
  if (!entry.is_regular_file(error) || entry.is_symlink(error)) return foreign();
  if (path == "checkpoint" || path == "vkey") return;
  constexpr std::string_view kept = "checkpoints/", stamps = "timestamps/", reply = ".tsr";
  if (const auto tile = parse_tile_path(path)) {
    const unsigned now = tile_width_at(report_.tree.size, tile->level, tile->index);
    if (tile->width > now)
      beyond_.emplace_back(*tile, path);
    else if (tile->width < now)
      partials_.push_back(*tile);
    return;
  }
  if (path.starts_with(kept) && parse_decimal(path.substr(kept.size()))) {
    const auto bytes = read_whole(entry.path());
    kept_.emplace_back(path, bytes ? *bytes : "");
    return;
  }
  if (path.starts_with(stamps) && path.ends_with(reply)) {
    const std::string size = path.substr(stamps.size(), path.size() - stamps.size() - reply.size());
    if (parse_decimal(size)) {
      stamped_.push_back(size);
      return;
    }
  }
  foreign();
}

void Verification::walk() {
  std::error_code error;
  auto at = fs::recursive_directory_iterator(log_, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (!at->is_symlink(error) && at->is_directory(error)) {
      const bool others = at.depth() == 0 &&
                          std::find(options_.other_folders.begin(), options_.other_folders.end(),
                                    at->path().filename().string()) != options_.other_folders.end();
      if (others) at.disable_recursion_pending();
      continue;
    }
    account_for(*at);
  }
  if (error)
    find("file_unreadable", "", "日志目录读不出：" + error.message(),
         "the folder cannot be read: " + error.message());
}

// Tiles beyond what is signed are rightly there for the moment between their writing and the
// checkpoint's.
void Verification::wait_for_sealer() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.wait_ms);
  while (!beyond_.empty()) {
    const auto bytes = read_whole(log_ / "checkpoint");
    const auto opened =
        bytes ? open_checkpoint(*bytes, keys_) : kernel::Result<OpenedCheckpoint>(bytes.error());
    if (opened && opened->checkpoint.origin == report_.origin) {
      const Tree& later = opened->checkpoint.tree;
      const auto root = Reader(log_, later.size).root(report_.tree.size);
      if (later.size > report_.tree.size && root && *root == report_.tree.root)
        std::erase_if(beyond_, [&](const auto& b) {
          return b.first.width <= tile_width_at(later.size, b.first.level, b.first.index) ||
                 !fs::exists(log_ / b.second);
        });
    }
    if (beyond_.empty() || std::chrono::steady_clock::now() >= until) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(look_again_ms));
  }
}

// Told once: where it begins and how far it goes.
void Verification::name_beyond() {
  wait_for_sealer();
  if (beyond_.empty()) return;
  std::uint64_t end = report_.tree.size;
  const std::string* lowest = nullptr;
  std::uint64_t lowest_index = ~std::uint64_t{0};
  for (const auto& [tile, path] : beyond_) {
    if (tile.level == entries_level || tile.level == 0)
      end = std::max(end, tile.index * tile_width + tile.width);
    if (const std::uint64_t key = tile.index * 512 + tile.width; !lowest || key < lowest_index)
      lowest = &path, lowest_index = key;
  }
  findings_.add(
      {"beyond_checkpoint", *lowest, report_.tree.size, end > report_.tree.size ? end - 1 : end,
       fmt::format(
           "{} 个瓦片文件超出检查点的 {} 条（直到约 {} 条）：检查点被回退，或封存在发布前停下",
           beyond_.size(), report_.tree.size, end),
       fmt::format("{} tile files lie beyond the checkpoint's {} entries (up to about {}): the "
                   "checkpoint was rolled back, or a sealer stopped before it published",
                   beyond_.size(), report_.tree.size, end)});
}

void Verification::check_tree() {
  TreeCheck tree(log_, report_.tree, findings_, options_.progress);
  std::vector<std::pair<std::string, OpenedCheckpoint>> older;
  for (const auto* list : {&std::as_const(kept_), &options_.older}) {
    for (const auto& [name, bytes] : *list) {
      auto opened = open(name, bytes);
      if (!opened) continue;
      const std::uint64_t size = opened->checkpoint.tree.size;
      if (list != &options_.older && kept_name(size) != name)
        find("checkpoint_garbage", name, "文件名不是它的条数", "its name is not its size");
      tree.want_root(size);
      older.emplace_back(name, std::move(*opened));
    }
  }
  for (const TileName& partial : partials_) tree.want_partial(partial);
  tree.run();
  report_.bytes = tree.bytes();
  for (const auto& [name, opened] : older) check_older(name, opened, tree);
}

Report Verification::run() {
  load_keys();
  if (load_checkpoint()) {
    walk();
    check_tree();
    for (const std::string& size : stamped_) check_timestamp(size);
    name_beyond();
  }
  report_.finding_count = findings_.count();
  report_.findings = findings_.take();
  return std::move(report_);
}

}  // namespace

Report verify(const fs::path& log, const VerifyOptions& options) {
  return Verification(log, options).run();
}

}  // namespace tlog
