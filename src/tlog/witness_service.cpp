// The witness's side.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "kernel/hash.h"
#include "tlog/files.h"
#include "tlog/proof.h"
#include "tlog/witness.h"

namespace tlog {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

constexpr const char* plain = "text/plain; charset=utf-8";
constexpr std::string_view state_line = "evenhand witness state 1\n";

WitnessService::Reply refusal(int status, const std::string& why) {
  return {status, plain, why + "\n"};
}

}  // namespace

WitnessService::~WitnessService() {
  if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<WitnessService>> WitnessService::open(const fs::path& state_file,
                                                             bool create, Signer signer,
                                                             std::vector<Verifier> logs) {
  std::unique_ptr<WitnessService> service(
      new WitnessService(state_file, std::move(signer), std::move(logs)));
  // The state file is replaced at each change, so the lock is on one beside it.
  const std::string lock_file = state_file.string() + ".lock";
  service->lock_ = ::open(lock_file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (service->lock_ < 0)
    return Error{Code::unavailable, std::string("cannot open: ") + std::strerror(errno), lock_file};
  if (::flock(service->lock_, LOCK_EX | LOCK_NB) != 0)
    return Error{Code::conflict, "another witness runs with this state", state_file.string()};
  if (create && !fs::exists(state_file)) TRY(service->save({}));
  TRY(service->load());
  return service;
}

// State: a first line, then for each log the length of its note in decimal, a newline, the note.
Status WitnessService::load() {
  TRY_ASSIGN(const std::string bytes, read_whole(state_file_));
  const Error damaged{Code::corrupt, "the witness's state is damaged", state_file_.string()};
  std::string_view rest = bytes;
  if (!rest.starts_with(state_line)) return damaged;
  rest.remove_prefix(state_line.size());
  std::vector<Verifier> keys = logs_;
  keys.push_back(signer_.verifier());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto length = parse_decimal(rest.substr(0, end));
    if (!length || end == rest.npos || *length > rest.size() - end - 1) return damaged;
    const std::string note(rest.substr(end + 1, *length));
    rest.remove_prefix(end + 1 + *length);
    // Ours must hold; a log that is no longer witnessed stays remembered.
    const auto opened = open_note(note, {&signer_.verifier(), 1});
    const auto checkpoint =
        opened ? parse_checkpoint(opened->text) : Result<Checkpoint>(opened.error());
    if (!checkpoint) return damaged;
    seen_[checkpoint->origin] = {*checkpoint, note};
  }
  return kernel::Ok{};
}

Status WitnessService::save(const std::map<std::string, Seen>& seen) const {
  std::string bytes(state_line);
  for (const auto& [origin, at] : seen) bytes += std::to_string(at.note.size()) + "\n" + at.note;
  return replace_file(state_file_, bytes);
}

const WitnessService::Seen* WitnessService::last(const std::string& origin) const {
  const auto found = seen_.find(origin);
  return found == seen_.end() ? nullptr : &found->second;
}

// The order of the checks and their statuses are the specification's.
WitnessService::Reply WitnessService::add_checkpoint(std::string_view body,
                                                     std::uint64_t now_seconds) {
  const auto request = parse_add_checkpoint(body);
  if (!request) return refusal(400, request.error().message);
  const auto note = parse_note(request->checkpoint);
  const auto named = note ? parse_checkpoint_origin(note->text) : std::nullopt;
  if (!named) return refusal(400, "the checkpoint is not a signed note");
  if (std::none_of(logs_.begin(), logs_.end(), [&](const auto& k) { return k.name() == *named; }))
    return refusal(404, "this log is not witnessed here");
  const auto opened = open_note(request->checkpoint, logs_);
  const bool by_the_log =
      opened && std::any_of(opened->verified.begin(), opened->verified.end(),
                            [&](const Signature& s) { return s.name == *named; });
  if (!by_the_log) return refusal(403, "not signed by this log's key");
  const std::lock_guard guard(mutex_);
  // A tree of no entries has one root; parse_checkpoint() refuses another.
  const auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint)
    return refusal(empty_tree_of_another_root(note->text) ? 422 : 400, checkpoint.error().message);
  const Tree& tree = checkpoint->tree;
  if (request->old_size > tree.size) return refusal(400, "the old size is larger than the new");
  const Seen* before = last(*named);
  const Tree seen = before ? before->checkpoint.tree : Tree{};
  if (request->old_size != seen.size)
    return {409, "text/x.tlog.size", std::to_string(seen.size) + "\n"};
  if (!check_consistency(seen, tree, request->path))
    return refusal(422, "the checkpoint does not continue what this witness saw");
  const Signature cosignature = signer_.cosign(note->text, now_seconds);
  // Kept with the log's own signatures and ours, without those we cannot check.
  Note kept{note->text, opened->verified};
  kept.signatures.push_back(cosignature);
  auto next = seen_;
  next[*named] = {*checkpoint, render_note(kept)};
  if (const auto saved = save(next); !saved) return refusal(500, "the state cannot be written");
  seen_ = std::move(next);
  return {200, plain, signature_line(cosignature)};
}

WitnessService::Reply WitnessService::checkpoint(std::string_view origin_hash) const {
  const std::lock_guard guard(mutex_);
  for (const auto& [origin, at] : seen_)
    if (kernel::sha256_hex(origin) == origin_hash) return {200, plain, at.note};
  return refusal(404, "no checkpoint of that log was cosigned here");
}

}  // namespace tlog
