#pragma once
// Checks a whole log folder against its signed checkpoint: every entry, every hash of every tile,
// every file. Streams: memory is a few tiles a level and the findings. Reads only.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tlog/checkpoint.h"

namespace tlog {

// What is not as it should be, and where. Kinds (docs/evidence.md lists them in words):
// checkpoint_missing checkpoint_garbage key_missing key_garbage key_unknown signature_wrong
// entry_altered entry_dropped entry_inserted entries_swapped tiles_swapped tile_replaced
// hash_altered tile_forged root_differs file_missing file_truncated file_too_long file_unreadable
// file_foreign partial_differs beyond_checkpoint rolled_back inconsistent cosignature_wrong
// timestamp_wrong
struct Finding {
  std::string kind;
  std::string file;                        // from LOG; empty where it is no one file
  std::optional<std::uint64_t> entry;      // the entry, or the first of a range
  std::optional<std::uint64_t> entry_end;  // of a range or a pair: the last, or the other one
  std::string message_zh, message_en;
};

struct VerifyOptions {
  std::vector<Verifier> keys;       // of the log; none: LOG/vkey, and the report says so
  std::vector<Verifier> witnesses;  // their cosignatures must hold where they are
  // Checkpoints kept elsewhere: name (for messages) and bytes. The log must contain their trees.
  std::vector<std::pair<std::string, std::string>> older;
  std::string tsa_ca;  // PEM file; empty: time-stamps are compared with what they stamp only
  std::vector<std::string> other_folders;  // of LOG that others check, as "packs"
  // A sealer at work writes tiles before it publishes: how long to wait for its checkpoint.
  int wait_ms = 0;
  std::size_t most_findings = 200;  // more are counted only
  std::function<void(std::uint64_t entries)> progress;
};

struct Report {
  std::string origin;
  Tree tree;  // the checkpoint's
  bool signed_by_known_key = false;
  bool key_from_log = false;             // checked only with the key lying beside the log
  std::uint64_t bytes = 0;               // of entries and tiles read
  std::uint64_t files = 0;               // in the folder
  std::vector<std::string> cosigners;    // witnesses whose cosignature of the checkpoint holds
  std::uint64_t unknown_signatures = 0;  // of keys not given
  std::uint64_t older_checkpoints = 0;   // found consistent
  std::uint64_t timestamps = 0;          // found right
  bool timestamps_trusted = false;       // by a CA given, not only by what they stamp
  std::uint64_t finding_count = 0;       // also those beyond most_findings
  std::vector<Finding> findings;
};

Report verify(const std::filesystem::path& log, const VerifyOptions& options);

}  // namespace tlog
