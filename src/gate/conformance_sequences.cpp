#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "gate/conformance.h"
#include "gate/conformance_files.h"
#include "gate/packs.h"
#include "intake/types.h"

namespace gate {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

Error broken(const std::string& where, std::string message) {
  return Error{Code::invalid_input, std::move(message), where};
}

// One person with their customer numbers and points, and what has happened to them so far.
class World {
 public:
  World(store::Store& store, const SequenceLine& line, Packs packs, std::string where)
      : store_(store),
        line_(line),
        where_(std::move(where)),
        gate_(std::move(packs), intake_directory(),
              [](store::Transaction&, std::string_view, kernel::Date) { return AskerFacts{}; }) {}

  Status people() {
    return store_.transact([&](store::Transaction& tx) {
      std::set<std::string> made;
      int number = 0;
      for (const SequencePoint& point : line_.points) {
        const std::string customer_no = customer_of(point);
        if (made.insert(customer_no).second) {
          intake::Person person;
          person.customer_no = customer_no;
          person.citizen_id = kernel::CitizenId::take("SEQUENCE-" + line_.id);
          person.jurisdiction = line_.jurisdiction;
          person.zone = line_.zone;
          intake::save_person(tx, person);
          for (const std::string& product : line_.products)
            intake::save_account(tx, customer_no + "-" + product, customer_no, product);
        }
        intake::ContactPoint saved;
        saved.customer_no = customer_no;
        saved.contact_no = point.id;
        saved.role = point.role;
        saved.channel = point.channel;
        saved.value = intake::ContactValue::take(line_.id + "-" + std::to_string(++number));
        saved.source = point.source.value_or("contract");
        saved.place = point.place.value_or("");
        saved.valid = point.valid.value_or(true);
        saved.consent = point.consent.value_or(true);
        intake::save_contact_point(tx, saved);
      }
    });
  }

  Status step(const SequenceStep& step, int number, ConformanceReport& report) {
    ++report.steps;
    if (step.action == "ask") return ask(step, number, report);
    if (step.action == "outcome") return outcome(step);
    if (step.action == "hold") return hold(step);
    if (step.action == "lift") return lift(step);
    return broken(where_, "no such action: " + step.action);
  }

 private:
  std::string customer_of(const SequencePoint& point) const {
    return line_.id + "-" + point.customer.value_or("A");
  }

  // What came out, told against what must.
  Status ask(const SequenceStep& step, int number, ConformanceReport& report) {
    const auto point = std::find_if(line_.points.begin(), line_.points.end(),
                                    [&](const auto& p) { return p.id == step.point; });
    if (point == line_.points.end() || !step.channel || !step.purpose || !step.allowed)
      return broken(where_,
                    fmt::format("step {} asks without point, channel, purpose or allowed", number));
    Request request;
    request.customer_no = customer_of(*point);
    request.contact_point_id = request.customer_no + ":" + point->id;
    request.channel = *step.channel;
    request.purpose = *step.purpose;
    request.says_debt = step.says_debt.value_or(true);
    request.visitors = step.visitors.value_or(0);
    request.asker = "machine:conformance";
    request.vouched = AskerFacts{step.asker_kind.value_or("user"), true, true, true};
    Result<Reply> reply = Error{};
    TRY(store_.transact([&](store::Transaction& tx) { reply = gate_.ask(tx, request, step.at); }));
    if (!reply) return reply.error();
    std::set<std::string> is, must;
    for (const Refusal& refusal : reply->answer.refusals) is.insert(refusal.code);
    if (step.codes) must.insert(step.codes->begin(), step.codes->end());
    if (reply->permit) permits_.emplace(number, reply->permit->bound().permit_id);
    const bool at_differs = step.allowed_at && reply->answer.allowed_at != step.allowed_at;
    if (reply->answer.allowed != *step.allowed || is != must || at_differs)
      report.failures.push_back(fmt::format(
          "{} step {} ({}): is {}{}; must be {}{}", line_.id, number, line_.name,
          is.empty() ? "allowed" : fmt::format("{}", fmt::join(is, " ")),
          reply->answer.allowed_at ? " until " + reply->answer.allowed_at->format() : "",
          must.empty() ? "allowed" : fmt::format("{}", fmt::join(must, " ")),
          step.allowed_at ? " until " + step.allowed_at->format() : ""));
    return kernel::Ok{};
  }

  Status outcome(const SequenceStep& step) {
    const auto permit = permits_.find(step.of.value_or(0));
    // The step that asked was refused against what it must be: its failure is told already.
    if (permit == permits_.end()) return kernel::Ok{};
    Status done = kernel::Ok{};
    TRY(store_.transact([&](store::Transaction& tx) {
      done = gate_.record_outcome(tx, permit->second, step.outcome.value_or(""),
                                  "machine:conformance", step.at);
    }));
    return done;
  }

  Status hold(const SequenceStep& step) {
    Result<Hold> done = Error{};
    TRY(store_.transact([&](store::Transaction& tx) {
      done = set_hold(tx, *directory_,
                      {.customer_no = customer_of(line_.points.front()),
                       .kind = step.hold.value_or(""),
                       .until = step.until,
                       .set_by = "machine:conformance"},
                      step.at);
    }));
    if (!done) return done.error();
    holds_.insert_or_assign(done->kind, done->hold_id);
    return kernel::Ok{};
  }

  Status lift(const SequenceStep& step) {
    const auto found = holds_.find(step.hold.value_or(""));
    if (found == holds_.end()) return broken(where_, "lifts a hold that was not set");
    Status done = kernel::Ok{};
    TRY(store_.transact([&](store::Transaction& tx) {
      done = lift_hold(tx, *directory_, customer_of(line_.points.front()), found->second,
                       kernel::Note::take("conformance"), "machine:conformance", step.at);
    }));
    return done;
  }

  store::Store& store_;
  const SequenceLine& line_;
  const std::string where_;
  const std::shared_ptr<const Directory> directory_ = intake_directory();
  Gate gate_;
  std::map<int, PermitId> permits_;  // by step
  std::map<std::string, HoldId> holds_;
};

Result<Packs> packs_of(const fs::path& decisions, const std::vector<std::string>& names) {
  std::vector<Pack> packs;
  for (const std::string& name : names)
    packs.push_back(Pack::load(decisions / "packs" / (name + ".dmn")));
  TRY_ASSIGN(const std::string days, read_text_file(decisions / "calendar-cn.csv"));
  TRY_ASSIGN(const std::string zones, read_text_file(decisions / "zones.csv"));
  TRY_ASSIGN(Calendar calendar, Calendar::parse(days, "calendar-cn.csv"));
  TRY(calendar.add_zones(zones, "zones.csv"));
  return Packs(std::make_shared<PackSet>(std::move(packs), std::move(calendar)));
}

}  // namespace

Status run_sequence_files(const fs::path& folder, const fs::path& decisions, store::Store& store,
                          ConformanceReport& report) {
  return for_each_line(folder / "sequences",
                       [&](const std::string& line, const std::string& where) -> Status {
                         TRY_ASSIGN(const SequenceLine one, read_line<SequenceLine>(line, where));
                         TRY_ASSIGN(Packs packs, packs_of(decisions, one.packs));
                         ++report.sequences;
                         World world(store, one, std::move(packs), where);
                         TRY(world.people());
                         int number = 0;
                         for (const SequenceStep& step : one.steps)
                           TRY(world.step(step, ++number, report));
                         return kernel::Ok{};
                       });
}

}  // namespace gate
