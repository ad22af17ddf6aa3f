#include "gate/batch.h"

#include <algorithm>

#include "gate/bodies.h"
#include "gate/when.h"
#include "store/foresee.h"

namespace gate {

namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kHistoryDays = 8;  // counting looks seven days back, in any zone
// The database looks up keys twice for what is foreseen; for more than these that costs more than a
// round trip does.
constexpr std::size_t kForeseenMax = 16;
constexpr int kPermitMinutes = 10;  // when no pack says otherwise

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool same_request(const Permit::Bound& bound, const Request& request, const ContactPoint* point) {
  return point != nullptr && bound.contact_point_id == point->contact_point_id &&
         bound.channel == request.channel && bound.purpose == request.purpose &&
         bound.says_debt == request.says_debt && bound.asker == request.asker &&
         bound.script == request.script;
}

std::string pack_text(const std::vector<PackRef>& packs) {
  std::string text;
  for (const PackRef& ref : packs) text += (text.empty() ? "" : " ") + ref.pack + "@" + ref.version;
  return text;
}

}  // namespace

void Gate::Batch::load(bool lock) {
  const kernel::Instant since = now_.plus_seconds(-kHistoryDays * kDaySeconds);
  // A day more than today for numbers and holds: where the person is, the day may be another; and
  // the clock that counts may be minutes off this node's.
  const Window window{.person_since = since,
                      .number_since = now_.plus_seconds(-2 * kDaySeconds),
                      .holds_until = now_.china_date().plus_days(-1)};
  std::vector<Wanted> wanted;
  for (const Request& r : requests_)
    wanted.push_back({r.customer_no, r.contact_point_id, r.number});
  Opening opening(tx_, wanted, window);
  const bool by_point = std::none_of(
      wanted.begin(), wanted.end(), [](const Wanted& one) { return one.contact_point_id.empty(); });
  if (lock) {
    for (const Request& r : requests_)
      if (!r.idempotency_key.empty()) opening.add_key(r.idempotency_key);
    if (by_point && wanted.size() <= kForeseenMax && gate_.directory_->in_database()) {
      opening.foresee();
      store::foresee(tx_, [&] { gate_.directory_->find_many(tx_, wanted, since); });
    }
  }
  // What is foreseen goes with the packs, and people are there then.
  packs_.emplace(now_.china_date(), gate_.packs_(tx_, now_.china_date()));
  people_ = gate_.directory_->find_many(tx_, wanted, since);
  Keys persons, numbers, keys;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    Found& found = people_.found[i];
    if (!found.person) continue;
    if (found.point && !has(found.person->customer_nos, found.point->customer_no))
      found.point.reset();
    persons.insert(found.person->person_key);
    if (!found.point) continue;
    numbers.insert(found.point->number_index);
    if (!requests_[i].idempotency_key.empty()) keys.insert(requests_[i].idempotency_key);
  }
  if (!lock) {
    known_ = load_known(tx_, persons, numbers, window);
    return;
  }
  Locked locked = opening.open(persons, numbers, keys);
  const Clock::Reading clock = gate_.clock_.read(locked.database_now, now_);
  now_ = clock.now;
  clock_problem_ = clock.problem;
  known_ = std::move(locked.known);
  by_key_ = std::move(locked.by_key);
}

const DayPacks& Gate::Batch::packs_for(kernel::Date date, const Person* person) {
  auto in_force = packs_.find(date);
  if (in_force == packs_.end()) in_force = packs_.emplace(date, gate_.packs_(tx_, date)).first;
  const Packs& packs = in_force->second;
  const Applicable& applicable =
      person == nullptr ? packs.set().everything()
                        : packs.set().applicable(person->jurisdiction, person->products);
  const std::pair key(date, &applicable);
  if (const auto found = days_.find(key); found != days_.end()) return found->second;
  std::vector<PackRef> refs = packs.refs(applicable);
  DayPacks day{.packs = packs,
               .refs = refs,
               .json = packs_json(refs),
               .text = pack_text(refs),
               .cap_person_day = packs.cap_person_day(applicable),
               .cap_number_day = packs.cap_number_day(applicable),
               .permit_minutes =
                   packs.set().smallest(&PackOptions::permit_minutes, kPermitMinutes, applicable),
               .close_minute = packs.window(applicable).close_minute};
  return days_.emplace(key, std::move(day)).first->second;
}

AskerFacts Gate::Batch::asker_of(const Request& request, kernel::Date date) {
  if (request.vouched) return *request.vouched;
  const std::pair key(request.asker, date);
  const auto found = askers_.find(key);
  if (found != askers_.end()) return found->second;
  return askers_.emplace(key, gate_.asker_(tx_, request.asker, date)).first->second;
}

void Gate::Batch::add_touches(const Case& c, std::vector<Touch>& touches) const {
  const std::string& person_key = c.person->person_key;
  const std::string& number = c.point->number_index;
  if (const auto own = known_.of_person.find(person_key); own != known_.of_person.end())
    for (const PastPermit& past : own->second) {
      touches.push_back(touch_of(past.at, past.channel, past.role, past.outcome));
      touches.back().same_number = past.number_index == number;
    }
  if (const auto others = known_.on_number.find(number); others != known_.on_number.end())
    for (const PastPermit& past : others->second)
      if (past.person_key != person_key)
        touches.push_back({.at = past.at, .same_person = false, .same_number = true});
}

// What the store itself will count when the permit is written, without it.
std::int64_t Gate::Batch::own_contacts(const Case& c, kernel::Instant day) const {
  const auto own = known_.of_person.find(c.person->person_key);
  if (own == known_.of_person.end()) return 0;
  return std::count_if(own->second.begin(), own->second.end(), [&](const PastPermit& past) {
    return past.at >= day && counts_as_contact(past.outcome);
  });
}

std::int64_t Gate::Batch::own_attempts(const Case& c, kernel::Instant day) const {
  const auto on = known_.on_number.find(c.point->number_index);
  if (on == known_.on_number.end()) return 0;
  return std::count_if(on->second.begin(), on->second.end(),
                       [&](const PastPermit& past) { return past.at >= day; });
}

namespace {

void add_imported(const std::vector<PastContact>& all, std::string_view number,
                  std::vector<Touch>& touches) {
  for (const PastContact& past : all) {
    Touch touch = touch_of(past.contacted_at, past.channel, past.role, past.outcome);
    touch.same_number = past.number_index == number;
    touch.settled = true;
    touches.push_back(touch);
  }
}

}  // namespace

Gate::Batch::Case Gate::Batch::make_case(std::size_t i) {
  const Request& request = requests_[i];
  const Found& found = people_.found[i];
  kernel::Instant now = now_;
  if (found.person && found.point)
    if (const auto seen = known_.seen.find(found.person->person_key); seen != known_.seen.end())
      now = std::max(now, seen->second.at);
  Case c{.request = request,
         .person = found.person ? &*found.person : nullptr,
         .point = found.point ? &*found.point : nullptr,
         .now = now,
         .packs = packs_for(now.china_date(), found.person ? &*found.person : nullptr),
         .history = {}};
  if (c.point == nullptr) return c;
  const std::string& number = c.point->number_index;
  c.history.request = request;
  c.history.point = *c.point;
  c.history.asker = asker_of(request, now.china_date());
  c.history.jurisdiction = c.person->jurisdiction;
  c.history.products = c.person->products;
  c.history.own_numbers = c.person->own_numbers;
  c.history.zone = c.packs.packs.set().calendar().zone(c.person->jurisdiction, c.person->zone);
  if (const auto marks = known_.marks.find(number); marks != known_.marks.end())
    for (const Mark& mark : marks->second) {
      if (mark.mark == "opted_out") c.history.opted_out = true;
      if (mark.mark == "wrong_number" && mark.person_key == c.person->person_key)
        c.history.wrong_number = true;
    }
  add_touches(c, c.history.touches);
  if (const auto past = people_.past.find(c.person->person_key); past != people_.past.end())
    add_imported(past->second, number, c.history.touches);
  if (const auto holds = known_.holds.find(c.person->person_key); holds != known_.holds.end())
    c.history.holds = holds->second;
  return c;
}

Gate::Batch::Verdict Gate::Batch::judge(const Case& c) const {
  Verdict verdict;
  Answer& answer = verdict.answer;
  answer.asked_at = c.now;
  answer.packs = c.packs.refs;
  if (c.point == nullptr) {
    answer.refusals.push_back(
        c.person ? own_refusal("GATE_UNKNOWN_POINT", "客户档案中没有这个联系方式",
                               "this contact point is not on the customer's file", "when_lifted")
                 : own_refusal("GATE_UNKNOWN_CUSTOMER", "没有这个客户", "there is no such customer",
                               "when_lifted"));
    return verdict;
  }
  if (!clock_problem_.empty()) {
    answer.refusals.push_back(own_refusal(
        "GATE_CLOCK", "时钟不可信，一律拒绝：" + clock_problem_,
        "the clock is not trusted, so all is refused: " + clock_problem_, "when_lifted"));
    return verdict;
  }
  const PackSet& set = c.packs.packs.set();
  verdict.facts = facts_at(c.history, set.calendar(), c.now);
  const Facts& facts = verdict.facts;
  answer.contacts_left_today = std::max(c.packs.cap_person_day - facts.contacts_today, 0);
  answer.attempts_left_today = std::max(c.packs.cap_number_day - facts.attempts_today, 0);
  answer.refusals = set.refusals(facts);
  for (const std::string& hold : facts.holds)
    if (!has(hold_kinds(), hold))
      answer.refusals.push_back(own_refusal("GATE_UNKNOWN_HOLD", "存在未知的暂停事由",
                                            "a hold of an unknown kind is set", "when_lifted"));
  answer.allowed = answer.refusals.empty();
  answer.allowed_at = answer.allowed ? std::optional(c.now)
                                     : find_allowed_at(set, c.history, c.now, answer.refusals);
  return verdict;
}

// What the counting facts would be if only the imported contacts had been.
std::string Gate::Batch::imported_facts(const Case& c) const {
  const auto past = people_.past.find(c.person->person_key);
  if (past == people_.past.end() || past->second.empty()) return "{}";
  History only = c.history;
  only.touches.clear();
  add_imported(past->second, c.point->number_index, only.touches);
  return imported_json(facts_at(only, c.packs.packs.set().calendar(), c.now));
}

Answer Gate::Batch::question(std::size_t i) {
  return judge(make_case(i)).answer;
}

Explained Gate::Batch::explain(std::size_t i) {
  const Case c = make_case(i);
  Verdict verdict = judge(c);
  Explained explained{.answer = std::move(verdict.answer), .facts = {}};
  if (c.person == nullptr || c.point == nullptr) return explained;
  const decision::Context facts = to_context(verdict.facts);
  for (const auto& [name, value] : facts.entries())
    explained.facts.emplace_back(name, value.source());
  return explained;
}

const Permit::Bound* Gate::Batch::granted_before(const Request& request) const {
  if (request.idempotency_key.empty()) return nullptr;
  const auto found = by_key_.find(request.idempotency_key);
  return found == by_key_.end() ? nullptr : &found->second;
}

kernel::Result<Reply> Gate::Batch::ask(std::size_t i) {
  const Case c = make_case(i);
  if (const Permit::Bound* before = granted_before(c.request)) return repeat(c, *before);
  Verdict verdict = judge(c);
  use_packs(c.packs, c.now);
  if (verdict.answer.allowed) return grant(c, std::move(verdict));
  refuse(c, verdict);
  return Reply{.answer = std::move(verdict.answer), .permit = {}};
}

kernel::Result<Reply> Gate::Batch::repeat(const Case& c, const Permit::Bound& bound) const {
  if (!same_request(bound, c.request, c.point))
    return kernel::Error{kernel::Code::conflict,
                         "this idempotency_key was used for another request", "idempotency_key"};
  const Facts facts = facts_at(c.history, c.packs.packs.set().calendar(), c.now);
  Reply reply{
      .answer = {.allowed = true,
                 .asked_at = c.now,
                 .contacts_left_today = std::max(c.packs.cap_person_day - facts.contacts_today, 0),
                 .attempts_left_today = std::max(c.packs.cap_number_day - facts.attempts_today, 0),
                 .allowed_at = bound.reserved_at,
                 .refusals = {},
                 .packs = c.packs.refs},
      .permit = make_permit(bound),
      .repeated = true};
  return reply;
}

Reply Gate::Batch::grant(const Case& c, Verdict verdict) {
  const Zone local = c.history.local();
  const kernel::Date today = local.date(c.now);
  const kernel::Instant close = local.at(today, c.packs.close_minute);
  const kernel::Instant end = close > c.now ? close : local.at(today, 1440);
  Seen& seen = known_.seen[c.person->person_key];
  seen = {c.now, seen.nth + 1};
  NewPermit made{
      .bound = {.permit_id = PermitId(tx_.next_id()),
                .person_key = c.person->person_key,
                .customer_no = c.request.customer_no,
                .contact_point_id = c.point->contact_point_id,
                .number_index = c.point->number_index,
                .channel = c.request.channel,
                .purpose = c.request.purpose,
                .script = c.request.script,
                .asker = c.request.asker,
                .says_debt = c.request.says_debt,
                .reserved_at = c.now,
                .expires_at = std::min(c.now.plus_seconds(c.packs.permit_minutes * 60), end)},
      .role = c.point->role,
      .idempotency_key = c.request.idempotency_key,
      .packs = c.packs.text,
      .nth = seen.nth,
      .day = local.at(today, 0),
      .contacts_max = own_contacts(c, local.at(today, 0)) + 1,
      .attempts_max = own_attempts(c, local.at(today, 0)) + 1};
  const Permit::Bound& b = made.bound;
  facts_.push_back({"permit_granted", "customer:" + b.customer_no, made_by(b.asker), c.now,
                    granted_body({.bound = b,
                                  .role = made.role,
                                  .nth = made.nth,
                                  .key = !made.idempotency_key.empty(),
                                  .facts = facts_json(verdict.facts),
                                  .imported = imported_facts(c),
                                  .packs = c.packs.json})});
  // It counts for the rest of the batch.
  const PastPermit past{.at = c.now,
                        .person_key = b.person_key,
                        .number_index = b.number_index,
                        .channel = b.channel,
                        .role = made.role,
                        .outcome = ""};
  known_.of_person[b.person_key].push_back(past);
  known_.on_number[b.number_index].push_back(past);
  if (!made.idempotency_key.empty()) by_key_.insert_or_assign(made.idempotency_key, b);

  Reply reply{.answer = std::move(verdict.answer), .permit = make_permit(b)};
  reply.answer.contacts_left_today = std::max(reply.answer.contacts_left_today - 1, 0);
  reply.answer.attempts_left_today = std::max(reply.answer.attempts_left_today - 1, 0);
  permits_.push_back(std::move(made));
  return reply;
}

void Gate::Batch::refuse(const Case& c, const Verdict& verdict) {
  NewRefusal made{
      .customer_no = c.request.customer_no,
      .contact_point_id = c.point ? c.point->contact_point_id : c.request.contact_point_id,
      .channel = c.request.channel,
      .purpose = c.request.purpose,
      .asker = c.request.asker,
      .codes = "",
      .packs = c.packs.text,
      .refused_at = c.now,
      .allowed_at = verdict.answer.allowed_at};
  const bool judged = c.point != nullptr && clock_problem_.empty();
  for (const Refusal& r : verdict.answer.refusals)
    made.codes += (made.codes.empty() ? "" : " ") + r.code;
  facts_.push_back(
      {"permit_refused", "customer:" + c.request.customer_no, made_by(c.request.asker), c.now,
       refused_body({.request = c.request,
                     .person_key = c.person ? std::string_view(c.person->person_key) : "",
                     .number_index = c.point ? std::string_view(c.point->number_index) : "",
                     .contact_point_id = made.contact_point_id,
                     .nth = c.person ? known_.seen[c.person->person_key].nth : 0,
                     .answer = verdict.answer,
                     .facts = judged ? facts_json(verdict.facts) : "{}",
                     .imported = judged ? imported_facts(c) : "{}",
                     .packs = c.packs.json})});
  refusals_.push_back(std::move(made));
}

void Gate::Batch::use_packs(const DayPacks& day, kernel::Instant at) {
  for (const Pack& pack : day.packs.set().packs()) {
    if (!pack.bytes || !known_.packs.emplace(pack.name, pack.version).second) continue;
    const std::string& calendar = day.packs.set().calendar().sha256();
    new_packs_.push_back({.pack = pack.name,
                          .version = pack.version,
                          .sha256 = pack.sha256,
                          .calendar_sha256 = calendar,
                          .bytes = *pack.bytes,
                          .at = at});
  }
}

void Gate::Batch::save() {
  std::vector<store::Fact> first;
  for (const NewPack& p : new_packs_)
    if (save_pack(tx_, p))  // once in the life of the store, whoever is first
      first.push_back({"pack_used", "pack:" + p.pack, "gate", p.at,
                       pack_body(p.pack, p.version, p.sha256, p.calendar_sha256)});
  facts_.insert(facts_.begin(), std::make_move_iterator(first.begin()),
                std::make_move_iterator(first.end()));
  save_permits(tx_, permits_);
  save_refusals(tx_, refusals_);
  tx_.append_many(facts_);
}

// ---- the gate's questions ----------------------------------------------------------------------

std::vector<Answer> Gate::questions(store::Transaction& tx, std::span<const Request> requests,
                                    kernel::Instant now) const {
  Batch batch(*this, tx, requests, now);
  batch.load(false);
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < requests.size(); ++i) answers.push_back(batch.question(i));
  return answers;
}

Explained Gate::explain(store::Transaction& tx, const Request& request, kernel::Instant now) const {
  Batch batch(*this, tx, {&request, 1}, now);
  batch.load(false);
  return batch.explain(0);
}

Answer Gate::question(store::Transaction& tx, const Request& request, kernel::Instant now) const {
  return std::move(questions(tx, {&request, 1}, now).front());
}

std::vector<kernel::Result<Reply>> Gate::ask_many(store::Transaction& tx,
                                                  std::span<const Request> requests,
                                                  kernel::Instant now) const {
  Batch batch(*this, tx, requests, now);
  batch.load(true);
  std::vector<kernel::Result<Reply>> replies;
  for (std::size_t i = 0; i < requests.size(); ++i) replies.push_back(batch.ask(i));
  batch.save();
  return replies;
}

kernel::Result<Reply> Gate::ask(store::Transaction& tx, const Request& request,
                                kernel::Instant now) const {
  return std::move(ask_many(tx, {&request, 1}, now).front());
}

}  // namespace gate
