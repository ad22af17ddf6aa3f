#pragma once
// Witnesses (C2SP tlog-witness, tlog-cosignature): somebody else keeps the size and root of a log
// it last saw and signs only what continues it, so that a log cannot show two histories.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/checkpoint.h"
#include "tlog/post.h"

namespace tlog {

// ---- the log's side: asks witnesses to cosign -------------------------------------------------

struct Witness {
  Verifier key;       // of type cosignature
  HttpTarget target;  // url: the submission prefix, to which /add-checkpoint is added
};

struct Cosigned {
  std::string note;                    // the checkpoint with the cosignatures that were given
  std::vector<std::string> witnesses;  // names of those that gave one
  // Of the others. conflict: the witness saw another or a longer history, which somebody must look
  // at; unavailable, corrupt: it did not answer, or not with a cosignature of its key.
  std::vector<kernel::Error> failures;
};

class Witnesses {
 public:
  explicit Witnesses(std::vector<Witness> witnesses) : witnesses_(std::move(witnesses)) {}
  bool empty() const { return witnesses_.empty(); }
  // Asks all at once. The folder must hold the tiles of the checkpoint's tree.
  Cosigned cosign(const std::filesystem::path& log, const std::string& checkpoint);

 private:
  kernel::Result<std::vector<Signature>> ask(const Witness& witness,
                                             const std::filesystem::path& log,
                                             const std::string& checkpoint);
  std::vector<Witness> witnesses_;
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> seen_;  // by vkey: the size each last cosigned
};

// ---- the witness's side -----------------------------------------------------------------------

class WitnessService {
 public:
  struct Reply {
    int status;
    std::string content_type, body;
  };
  // The state file holds the checkpoints last cosigned, one a log; what it holds must be cosigned
  // by this key (corrupt). Without the file: not_found, unless `create`: a witness that forgot what
  // it saw would sign a second history. Another process with this state: conflict.
  static kernel::Result<std::unique_ptr<WitnessService>> open(
      const std::filesystem::path& state_file, bool create, Signer signer,
      std::vector<Verifier> logs);
  ~WitnessService();

  // POST <prefix>/add-checkpoint: answered only after the new state is durable.
  Reply add_checkpoint(std::string_view body, std::uint64_t now_seconds);
  // GET <prefix>/<hex SHA-256 of the origin>/checkpoint
  Reply checkpoint(std::string_view origin_hash) const;

 private:
  WitnessService(std::filesystem::path state_file, Signer signer, std::vector<Verifier> logs)
      : state_file_(std::move(state_file)), signer_(std::move(signer)), logs_(std::move(logs)) {}
  struct Seen {
    Checkpoint checkpoint;
    std::string note;
  };
  kernel::Status load();
  kernel::Status save(const std::map<std::string, Seen>& seen) const;
  const Seen* last(const std::string& origin) const;

  std::filesystem::path state_file_;
  Signer signer_;
  std::vector<Verifier> logs_;
  mutable std::mutex mutex_;
  std::map<std::string, Seen> seen_;  // by origin
  int lock_ = -1;
};

// The body of add-checkpoint.
struct AddCheckpoint {
  std::uint64_t old_size = 0;
  std::vector<Hash> path;
  std::string checkpoint;  // the signed note
};
std::string render_add_checkpoint(const AddCheckpoint& request);
kernel::Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);

}  // namespace tlog
