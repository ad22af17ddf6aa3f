// seal, proof, and the store's part of verify.

#include "app/evidence_commands.h"

#include <fmt/format.h>

#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>

#include "app/answer.h"
#include "app/cli.h"
#include "evidence/types.h"
#include "evidence/watch.h"
#include "gate/types.h"
#include "http/json.h"

namespace app {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

void show_to_watchers(const Place& place);

struct SealCommand {
  Place place;
  std::string name;
  bool rebuild = false;
};
struct ProofCommand {
  Place place;
  std::string event, out, file, key;
  bool json = false;
};

Result<evidence::Sealed> seal(const SealCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  evidence::SealOptions options = seal_options(command.place);
  options.place.name = command.name;
  evidence::Sealer sealer(*store, options);
  if (command.rebuild) return sealer.rebuild();
  TRY_ASSIGN(const auto sealed, sealer.seal_all(clock()));
  show_to_watchers(command.place);
  return sealed;
}

int run_seal(const SealCommand& command) {
  const auto sealed = seal(command);
  if (!sealed) return fail(sealed.error());
  return say(fmt::format("{} facts sealed; the log has {} entries, root {}\n", sealed->facts,
                         sealed->size, sealed->root));
}

std::string list_of(const std::vector<evidence::Event>& events) {
  std::string text;
  for (const evidence::Event& e : events)
    text += fmt::format("{}\t{}\t{}\t{}\t{}\n", e.fact_id.value(), e.kind, e.subject,
                        e.made_at.format(), e.state);
  return text;
}

Result<std::string> make_proof(const ProofCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  return store->read([&](store::Transaction& tx) -> Result<std::string> {
    TRY_ASSIGN(const auto events, evidence::find_events(tx, command.event));
    if (events.size() > 1)
      return Error{Code::invalid_input,
                   "several events; give the number of one of them:\n" + list_of(events),
                   command.event};
    return evidence::make_proof(tx, seal_options(command.place).place.folder, events[0].fact_id);
  });
}

int run_proof(const ProofCommand& command) {
  if (command.event.empty() || command.place.data.empty())
    return fail({Code::invalid_input, "give an event and --data DIR, or: proof check FILE", ""});
  const auto text = make_proof(command);
  if (!text) return fail(text.error());
  if (command.out.empty()) return say(*text);
  std::ofstream out(command.out, std::ios::binary);
  if (!(out << *text) || !out.flush())
    return fail({Code::unavailable, "cannot write", command.out});
  return 0;
}

Result<evidence::Proven> check_proof(const ProofCommand& command) {
  TRY_ASSIGN(const std::string text, read_file(command.file));
  std::string key = command.key;
  if (key.find('+') == key.npos || std::filesystem::exists(key)) {
    TRY_ASSIGN(key, read_file(command.key));
  }
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  return evidence::check_proof(text, key);
}

int run_proof_check(const ProofCommand& command) {
  const auto proven = check_proof(command);
  if (!proven) return fail(proven.error());
  if (command.json) return say(http::write_json(*proven) + "\n");
  std::string text = fmt::format(
      "holds: entry {} of the log {} (size {}, root {})\n{} of {}, by {}, at {}\nfact {}\n",
      proven->index, proven->log, proven->size, proven->root, proven->kind, proven->subject,
      proven->made_by, proven->at, proven->fact);
  for (const std::string& name : proven->other_signatures)
    text += "also signed, not checked here: " + name + "\n";
  return say(text);
}

}  // namespace

evidence::SealOptions seal_options(const Place& place) {
  return {.place = evidence::log_place(place.data, place.key), .pack_bytes = gate::used_pack};
}

namespace {

void show_to_watchers(const Place& place) {
  auto watchers = evidence::Watchers::open(place.data, seal_options(place).place.folder);
  if (!watchers) {
    std::cerr << "evenhand: " + watchers.error().message + " (" + watchers.error().where + ")\n";
    return;
  }
  for (const std::string& problem : watchers->show()) std::cerr << "evenhand: " + problem + "\n";
}

// While others write: each seal is one transaction, and on SQLite they wait for it. How many facts
// it holds matters little, for their tiles are written before it.
evidence::SealOptions beside_others(const Place& place) {
  evidence::SealOptions options = seal_options(place);
  options.rows_a_seal = 1'024;
  return options;
}

}  // namespace

Sealing::Sealing(store::Store& store, const Place& place, std::function<kernel::Instant()> clock,
                 How how)
    : place_(place),
      clock_(std::move(clock)),
      how_(how),
      sealer_(store, beside_others(place)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Sealing::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::string told;
  auto shown = std::chrono::steady_clock::time_point();
  std::int64_t size_shown = 0;
  while (!stop.stop_requested()) {
    const auto done = sealer_.seal_all(clock_());
    if (done) facts_ += done->facts;
    const std::string problem = done ? "" : done.error().message;
    if (!done && done.error().code != Code::conflict && problem != told)
      std::cerr << "evenhand: sealing: " + problem + " (" + done.error().where + ")\n";
    told = problem;
    const auto now = std::chrono::steady_clock::now();
    if (how_.tell_watchers && done && done->size != size_shown &&
        now - shown > std::chrono::minutes(1)) {
      show_to_watchers(place_);
      shown = now;
      size_shown = done->size;
    }
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, how_.every, [] { return false; });
  }
}

std::string Sealing::finish() {
  thread_.request_stop();
  thread_.join();
  const auto sealed = sealer_.seal_all(clock_());
  if (sealed)
    return fmt::format("log: {} facts sealed, {} entries\n", facts_ + sealed->facts, sealed->size);
  if (sealed.error().code == Code::conflict)
    return "log: another process of this data folder seals\n";
  return "evenhand: sealing: " + sealed.error().message + " (" + sealed.error().where + ")\n";
}

int run_verify_data(const Place& place, const std::string& language, bool json) {
  const auto done = [&]() -> Result<evidence::Checked> {
    TRY_ASSIGN(const auto clock, make_clock(place.now));
    TRY_ASSIGN(const auto store, open_store(place, clock));
    return evidence::check_store(*store, seal_options(place).place.folder,
                                 {.data = place.data, .progress = [](std::int64_t facts) {
                                    if (on_terminal()) std::cerr << "\r" << facts << std::flush;
                                  }});
  }();
  if (!done) return fail(done.error());
  std::string text;
  if (json) {
    text = http::write_json(*done) + "\n";
  } else {
    const bool zh = language == "zh";
    text = fmt::format(
        fmt::runtime(zh ? "库中事实 {} 条：已封存 {}，等待 {}，已抹去 {}；许可 {}，拒绝 {}，暂停 "
                          "{}，还款 {}\n"
                        : "{} facts in the store: {} sealed, {} waiting, {} erased; {} permits, {} "
                          "refusals, {} holds, {} payments\n"),
        done->facts, done->sealed, done->waiting, done->erased, done->permits, done->refusals,
        done->holds, done->payments);
    for (const evidence::CheckFinding& f : done->findings)
      text += fmt::format("{}  {}  {}\n", f.kind, f.where, zh ? f.message_zh : f.message_en);
    text += fmt::format(fmt::runtime(zh ? "共 {} 条发现\n" : "{} findings\n"), done->finding_count);
  }
  const int said = say(text);
  return said != 0 ? said : done->finding_count > 0 ? 1 : 0;
}

void add_evidence_commands(CLI::App& program, int& exit_code) {
  const auto seal = std::make_shared<SealCommand>();
  auto* sealing = program.add_subcommand("seal", "seal facts into the log; docs/evidence.md");
  add_place(*sealing, seal->place);
  sealing->add_option("--log-name", seal->name, "name of a log not made yet (default: random)");
  sealing->add_flag("--rebuild", seal->rebuild, "make a lost log folder again from the store");
  sealing->callback([seal, &exit_code] { exit_code = run_seal(*seal); });

  const auto proof = std::make_shared<ProofCommand>();
  auto* proving = program.add_subcommand(
      "proof", "one file that proves an event: a fact's or permit's number, or kind:subject");
  proving->add_option("event", proof->event, "EVENT");
  proving->add_option("--data", proof->place.data, "data folder")->type_name("DIR");
  proving->add_option("--store", proof->place.store, "postgres://… in place of DIR's store");
  proving->add_option("--key", proof->place.key, "key file of sealed values (default: DIR.key)");
  proving->add_option("--out", proof->out, "file to write (default: standard output)");
  auto* checking = proving->add_subcommand("check", "check a proof; needs no data folder");
  checking->add_option("file", proof->file, "FILE, - for standard input")->required();
  checking->add_option("--key", proof->key, "the log's public key (vkey), or a file of it")
      ->required();
  checking->add_flag("--json", proof->json, "as JSON");
  checking->callback([proof, &exit_code] { exit_code = run_proof_check(*proof); });
  proving->callback([proof, checking, &exit_code] {
    if (!checking->parsed()) exit_code = run_proof(*proof);
  });
}

}  // namespace app
