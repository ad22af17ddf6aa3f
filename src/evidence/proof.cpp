#include "evidence/proof.h"

#include <algorithm>

#include "evidence/log_folder.h"
#include "gate/types.h"
#include "http/json.h"

namespace evidence {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using store::FactId;
using store::Transaction;

namespace {

constexpr std::string_view extra_first_line = "evenhand-proof-v1";
constexpr std::size_t events_most = 50;

Error not_there(std::string_view event) {
  return {Code::not_found, "there is no such event", std::string(event)};
}

std::string state_of(Transaction& tx, FactId fact_id) {
  if (erased_entry(tx, fact_id)) return "erased";
  return find_place(tx, fact_id) ? "sealed" : "waiting";
}

// Facts of a permit: they say its number, and are its customer's.
void add_permit(Transaction& tx, std::int64_t number, std::vector<StoredFact>& found) {
  const auto permit = gate::find_permit(tx, gate::PermitId(number));
  if (!permit) return;
  const std::string said = "\"permit_id\":\"" + std::to_string(number) + "\"";
  tx.query("SELECT " + std::string(fact_columns) +
               " FROM single_fact WHERE subject = $1 AND made_at >= $2 ORDER BY fact_id",
           {"customer:" + permit->customer_no, permit->reserved_at}, [&](const store::Row& row) {
             StoredFact fact = read_fact(row);
             if (fact.fact.body.find(said) != std::string::npos) found.push_back(std::move(fact));
           });
}

// The text of a member that is a JSON string.
std::string text_in(std::string_view object, std::string_view name) {
  std::string found;
  each_member(object, [&](std::string_view key, std::string_view value) {
    if (key != name) return;
    const auto text = http::parse_json<std::string>(value);
    if (text) found = *text;
  });
  return found;
}

}  // namespace

std::string render_extra(const Extra& extra) {
  const std::string_view salt(reinterpret_cast<const char*>(extra.salt.data()), extra.salt.size());
  return std::string(extra_first_line) + "\n" + tlog::base64(salt) + "\n" + extra.entry + "\n" +
         extra.fact;
}

Result<Extra> parse_extra(std::string_view text) {
  std::array<std::string_view, 3> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = text.find('\n');
    if (end == text.npos)
      return Error{Code::invalid_input, "the proof carries no fact of Evenhand", "extra"};
    line = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  if (lines[0] != extra_first_line)
    return Error{Code::invalid_input, "the proof carries no fact of Evenhand", "extra"};
  TRY_ASSIGN(const tlog::Hash salt, tlog::parse_base64_hash(lines[1]));
  return Extra{salt, std::string(lines[2]), std::string(text)};
}

Result<std::vector<Event>> find_events(Transaction& tx, std::string_view event) {
  std::vector<StoredFact> found;
  if (const auto number = tlog::parse_decimal(event)) {
    const auto id = static_cast<std::int64_t>(*number);
    if (auto fact = find_fact(tx, FactId(id))) found.push_back(std::move(*fact));
    if (found.empty()) add_permit(tx, id, found);
  } else {
    const std::size_t colon = event.find(':');
    if (colon == event.npos)
      return Error{Code::invalid_input,
                   "an event is a fact's or a permit's number, or kind:subject, as "
                   "permit_granted:customer:C000123",
                   std::string(event)};
    each_fact_of(tx, event.substr(colon + 1), [&](StoredFact&& fact) {
      if (fact.fact.kind == event.substr(0, colon)) found.push_back(std::move(fact));
    });
    std::reverse(found.begin(), found.end());  // the latest first
  }
  if (found.empty()) return not_there(event);
  if (found.size() > events_most) found.resize(events_most);
  std::vector<Event> events;
  for (const StoredFact& fact : found)
    events.push_back({fact.fact_id, fact.fact.kind, fact.fact.subject, fact.fact.made_at,
                      state_of(tx, fact.fact_id)});
  return events;
}

Result<std::string> make_proof(Transaction& tx, const fs::path& folder, FactId fact_id) {
  const auto fact = find_fact(tx, fact_id);
  const std::string name = std::to_string(fact_id.value());
  if (!fact) return not_there(name);
  if (erased_entry(tx, fact_id))
    return Error{Code::conflict,
                 "the person of this fact was erased; proofs given out before still hold", name};
  const auto place = find_place(tx, fact_id);
  if (!place)
    return Error{Code::conflict, "not sealed yet; the sealer does it in a moment, or evenhand seal",
                 name};
  Keys keys;
  load_keys(tx, {fact->fact.subject}, keys);
  if (keys.empty())
    return Error{Code::corrupt, "the key of this fact is gone; evenhand verify says more", name};
  TRY_ASSIGN(const tlog::Verifier verifier, read_vkey(folder));
  TRY_ASSIGN(const std::string checkpoint, tlog::read_whole(folder / "checkpoint"));
  TRY_ASSIGN(const auto opened, tlog::open_checkpoint(checkpoint, {&verifier, 1}));
  const tlog::Tree tree = opened.checkpoint.tree;
  const auto index = static_cast<std::uint64_t>(place->leaf);
  if (index >= tree.size)
    return Error{Code::conflict, "sealed, and its checkpoint is not published yet; try again",
                 name};
  const tlog::Reader log(folder, tree.size);
  Extra extra{.salt = salt_of(keys.begin()->second, fact_id), .fact = canonical_fact(*fact)};
  TRY_ASSIGN(extra.entry, log.entry(index));
  TRY_ASSIGN(auto path, log.inclusion(index, tree.size));
  const std::string text = tlog::render_proof({.extra = render_extra(extra),
                                               .index = index,
                                               .path = std::move(path),
                                               .checkpoint = checkpoint});
  // Never given out without having been checked as its reader will.
  TRY(check_proof(text, verifier.vkey()));
  return text;
}

Result<Proven> check_proof(std::string_view text, std::string_view vkey) {
  TRY_ASSIGN(const tlog::Verifier verifier, tlog::Verifier::parse(vkey));
  TRY_ASSIGN(const tlog::Proof proof, tlog::parse_proof(text));
  if (!proof.extra)
    return Error{Code::invalid_input, "the proof carries no fact of Evenhand", "extra"};
  TRY_ASSIGN(const Extra extra, parse_extra(*proof.extra));
  TRY_ASSIGN(const auto opened, tlog::check_proof(proof, extra.entry, {&verifier, 1}));
  TRY_ASSIGN(const Entry entry, parse_entry(extra.entry));
  if (commitment(extra.salt, extra.fact) != entry.commit)
    return Error{Code::corrupt, "the fact is not the one that the log committed to", "fact"};
  Proven proven{.fact_id = text_in(extra.fact, "id"),
                .kind = text_in(extra.fact, "kind"),
                .subject = text_in(extra.fact, "subject"),
                .made_by = text_in(extra.fact, "made_by"),
                .at = text_in(extra.fact, "made_at"),
                .entry = extra.entry,
                .fact = extra.fact,
                .log = opened.checkpoint.origin,
                .root = tlog::base64(tlog::bytes_of(opened.checkpoint.tree.root)),
                .index = static_cast<std::int64_t>(proof.index),
                .size = static_cast<std::int64_t>(opened.checkpoint.tree.size),
                .other_signatures = {}};
  if (proven.fact_id != std::to_string(entry.fact_id.value()) || proven.kind != entry.kind)
    return Error{Code::corrupt, "entry and fact are of different events", "fact"};
  for (const tlog::Signature& signature : opened.note.unknown)
    proven.other_signatures.push_back(signature.name);
  return proven;
}

}  // namespace evidence
