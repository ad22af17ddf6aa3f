// The log's side: add-checkpoint, and its text for both sides.
#include "tlog/witness.h"

#include <algorithm>
#include <future>

#include "tlog/proof.h"
#include "tlog/reader.h"

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::size_t most_hashes = 63;  // tlog-witness, add-checkpoint
constexpr std::string_view old_word = "old ";

}  // namespace

std::string render_add_checkpoint(const AddCheckpoint& request) {
  std::string body = std::string(old_word) + std::to_string(request.old_size) + "\n";
  for (const Hash& hash : request.path) body += base64(bytes_of(hash)) + "\n";
  return body + "\n" + request.checkpoint;
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  const auto error = [](const char* why) {
    return Error{Code::invalid_input, std::string("not an add-checkpoint request: ") + why, ""};
  };
  AddCheckpoint request;
  for (bool first = true;; first = false) {
    const std::size_t end = body.find('\n');
    if (end == body.npos) return error("it ends early");
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(end + 1);
    if (first) {
      if (!line.starts_with(old_word)) return error("its first line is not the old size");
      const auto size = parse_decimal(line.substr(old_word.size()));
      if (!size) return error("the old size is not a number");
      request.old_size = *size;
      continue;
    }
    if (line.empty()) break;
    const auto hash = parse_base64_hash(line);
    if (!hash || request.path.size() == most_hashes) return error("a line is not a hash");
    request.path.push_back(*hash);
  }
  request.checkpoint = body;
  return request;
}

namespace {

// Of the reply's signature lines those of the witness's key that fit the checkpoint.
Result<std::vector<Signature>> cosignatures_in(const std::string& body, const Note& note,
                                               const Verifier& key) {
  std::vector<Signature> good;
  std::string_view rest = body;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto signature = parse_signature_line(rest.substr(0, end));
    if (!signature || end == rest.npos)
      return Error{Code::corrupt, "the witness's reply is not signature lines", key.name()};
    if (key.knows(*signature)) {
      if (!key.verify(note.text, *signature))
        return Error{Code::corrupt, "the witness's cosignature does not fit", key.name()};
      good.push_back(*signature);
    }
    rest.remove_prefix(end + 1);
  }
  if (good.empty())
    return Error{Code::corrupt, "the witness's reply has no cosignature of its key", key.name()};
  return good;
}

Error refused(const Witness& witness, const HttpReply& reply) {
  const std::string told = "the witness answered " + std::to_string(reply.status);
  switch (reply.status) {
    case 422:
      return {Code::conflict, told + ": our log does not continue what it saw", witness.key.name()};
    case 403:
    case 404:
      return {Code::forbidden, told + ": it does not know our log or its key", witness.key.name()};
    default:
      return {Code::unavailable, told, witness.key.name()};
  }
}

}  // namespace

Result<std::vector<Signature>> Witnesses::ask(const Witness& witness,
                                              const std::filesystem::path& log,
                                              const std::string& checkpoint) {
  TRY_ASSIGN(const Note note, parse_note(checkpoint));
  TRY_ASSIGN(const Checkpoint parsed, parse_checkpoint(note.text));
  HttpTarget target = witness.target;
  target.url += "/add-checkpoint";
  const Reader reader(log, parsed.tree.size);
  AddCheckpoint request;
  request.checkpoint = checkpoint;
  {
    const std::lock_guard guard(mutex_);
    request.old_size = std::min(seen_[witness.key.vkey()], parsed.tree.size);
  }
  // Three times: a 409 tells what the witness saw last; another sealer may be asking too.
  for (int tries = 0; tries < 3; ++tries) {
    TRY_ASSIGN(request.path, reader.consistency(request.old_size, parsed.tree.size));
    TRY_ASSIGN(const HttpReply reply,
               http_post(target, "text/plain; charset=utf-8", render_add_checkpoint(request)));
    if (reply.status == 200) {
      TRY_ASSIGN(auto signatures, cosignatures_in(reply.body, note, witness.key));
      const std::lock_guard guard(mutex_);
      seen_[witness.key.vkey()] = parsed.tree.size;
      return signatures;
    }
    if (reply.status != 409) return refused(witness, reply);
    std::string_view size = reply.body;
    if (size.ends_with('\n')) size.remove_suffix(1);
    TRY_ASSIGN(request.old_size, parse_decimal(size));
    if (request.old_size > parsed.tree.size)
      return Error{Code::conflict,
                   "the witness saw " + std::to_string(request.old_size) + " entries of our log; " +
                       "it has " + std::to_string(parsed.tree.size),
                   witness.key.name()};
  }
  return Error{Code::unavailable, "the witness's view keeps changing", witness.key.name()};
}

Cosigned Witnesses::cosign(const std::filesystem::path& log, const std::string& checkpoint) {
  Cosigned cosigned{checkpoint, {}, {}};
  std::vector<std::future<Result<std::vector<Signature>>>> asked;
  for (const Witness& witness : witnesses_)
    asked.push_back(
        std::async(std::launch::async, [&, this] { return ask(witness, log, checkpoint); }));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto signatures = asked[i].get();
    if (!signatures) {
      cosigned.failures.push_back(signatures.error());
      continue;
    }
    for (const Signature& signature : *signatures) cosigned.note += signature_line(signature);
    cosigned.witnesses.push_back(witnesses_[i].key.name());
  }
  return cosigned;
}

}  // namespace tlog
