// How fast a pack's rules are asked: rules_bench PACK.dmn [--facts N] [--answers FILE COUNT].
// Prints one line of JSON: checks a second on one core. With --answers it writes, instead, the
// facts of the first COUNT checks and what each of them was answered, a line each, for who
// compares.

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>

#include "gate/packs.h"
#include "http/json.h"

namespace {

using gate::Facts;
using Dice = std::mt19937_64;

template <class T>
const T& one_of(Dice& dice, const std::vector<T>& all) {
  return all[dice() % all.size()];
}
bool seldom(Dice& dice) {
  return dice() % 12 == 0;
}

// Mostly what a collector asks by day; each fact is now and then another one.
Facts draw(Dice& dice) {
  static const std::vector<std::string> roles = {"self", "guarantor", "contact_person", "other"};
  static const std::vector<std::string> points = {"mobile", "phone", "email", "address"};
  static const std::vector<std::string> sources = {"contract", "application", "bought", "public"};
  static const std::vector<std::string> days = {"workday", "rest_day", "festival", "unknown"};
  static const std::vector<std::string> askers = {"user", "agency", "machine", "unknown"};
  Facts f;
  f.channel = seldom(dice) ? one_of(dice, gate::channels()) : "call";
  f.purpose = seldom(dice) ? one_of(dice, gate::purposes()) : "collect";
  f.says_debt = !seldom(dice);
  f.visitors = static_cast<int>(dice() % 3);
  f.jurisdiction = "CN";
  f.products = {"card"};
  f.role = seldom(dice) ? one_of(dice, roles) : "self";
  f.point_channel = seldom(dice) ? one_of(dice, points) : "mobile";
  f.point_source = seldom(dice) ? one_of(dice, sources) : "contract";
  f.point_valid = !seldom(dice);
  f.point_consent = !seldom(dice);
  f.opted_out = seldom(dice);
  f.zone_known = true;
  f.minute = seldom(dice) ? static_cast<int>(dice() % 1440) : 480 + static_cast<int>(dice() % 780);
  f.day_kind = seldom(dice) ? one_of(dice, days) : "workday";
  f.contacts_today = static_cast<int>(dice() % 4);
  f.third_party_contacts_today = static_cast<int>(dice() % 2);
  f.attempts_today = static_cast<int>(dice() % 7);
  if (dice() % 2 == 0) f.minutes_since_contact = static_cast<int>(dice() % 4'000);
  if (seldom(dice)) f.holds.push_back(one_of(dice, gate::hold_kinds()));
  if (seldom(dice)) f.holds.push_back(one_of(dice, gate::hold_kinds()));
  f.asker_kind = seldom(dice) ? one_of(dice, askers) : "user";
  f.certified = !seldom(dice);
  f.licence_valid = !seldom(dice);
  f.recording_ready = !seldom(dice);
  return f;
}

std::string text_of_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class Work>
double rate(std::size_t count, const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return static_cast<double>(count) / took.count();
}

void write_answers(const gate::PackSet& packs, const std::vector<Facts>& facts, const char* path,
                   std::size_t count) {
  std::ofstream out(path);
  for (std::size_t i = 0; i < count && i < facts.size(); ++i) {
    boost::json::object line, inputs;
    for (const gate::FactField& field : gate::fact_fields()) {
      auto put = [&, name = field.name](auto member) {
        inputs[name] = boost::json::value_from(facts[i].*member);
      };
      std::visit(put, field.member);
    }
    boost::json::array rows;
    for (const gate::Refusal& r : packs.refusals(facts[i]))
      rows.push_back(boost::json::array{r.table, r.code, r.citation, r.rank, r.certainty,
                                        r.reason_zh, r.reason_en, r.again, r.effective_from});
    line["facts"] = std::move(inputs);
    line["refusals"] = std::move(rows);
    out << boost::json::serialize(line) << '\n';
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return 64;
  std::size_t facts_count = 200'000;
  if (count > 3 && std::string(words[2]) == "--facts") facts_count = std::stoul(words[3]);
  const gate::PackSet packs({gate::Pack::parse(text_of_file(words[1]), "pack")}, gate::Calendar());
  if (!packs.packs()[0].problem.empty()) {
    std::fprintf(stderr, "%s\n", packs.packs()[0].problem.c_str());
    return 1;
  }
  std::size_t compiled = 0;
  for (const gate::PackTable& table : packs.packs()[0].program->tables())
    compiled += table.number ? 1 : 0;
  Dice dice(20261122);
  std::vector<Facts> facts;
  for (std::size_t i = 0; i < facts_count; ++i) facts.push_back(draw(dice));
  if (count > 4 && std::string(words[2]) == "--answers") {
    write_answers(packs, facts, words[3], std::stoul(words[4]));
    return 0;
  }
  gate::Verdict verdict;
  std::size_t allowed = 0, said = 0;
  auto check_all = [&] {
    for (const Facts& f : facts) {
      packs.check(f, packs.applicable(f.jurisdiction, f.products), verdict);
      allowed += verdict.allowed() ? 1 : 0;
    }
  };
  check_all();
  allowed = 0;
  const double check = rate(facts.size(), check_all);
  const double refusals = rate(facts.size(), [&] {
    for (const Facts& f : facts) said += packs.refusals(f).size();
  });
  const std::size_t few = std::min<std::size_t>(facts.size(), 4'000);
  const double interpreted = rate(few, [&] {
    for (std::size_t i = 0; i < few; ++i) packs.interpret(facts[i], packs.everything(), verdict);
  });
  std::printf(
      "{\"check\":%.0f,\"refusals\":%.0f,\"interpreted\":%.0f,\"allowed\":%.4f,"
      "\"rows_fired\":%.4f,\"tables\":%zu,\"compiled\":%zu}\n",
      check, refusals, interpreted,
      static_cast<double>(allowed) / static_cast<double>(facts.size()),
      static_cast<double>(said) / static_cast<double>(facts.size()),
      packs.packs()[0].program->tables().size(), compiled);
  return 0;
}
