#include "tests/packs/agree.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace tests {

namespace {

constexpr int kFactsAPack = 200;

std::string shown(const gate::Refusal& r) {
  std::string text;
  for (const std::string* part :
       {&r.code, &r.citation, &r.rank, &r.certainty, &r.reason_zh, &r.reason_en, &r.again,
        &r.effective_from, &r.pack, &r.version, &r.table, &r.rule_id})
    text += *part + "|";
  return text + std::to_string(r.row);
}

std::string shown(const gate::Verdict& verdict) {
  std::string text;
  for (const gate::Refusal* refusal : verdict.rows()) text += shown(*refusal) + "\n";
  return text;
}

void count_tables(const gate::PackSet& packs, Compared& compared) {
  for (const gate::Pack& pack : packs.packs()) {
    ++compared.packs;
    compared.broken += pack.problem.empty() ? 0 : 1;
    if (!pack.program) continue;
    for (const gate::PackTable& table : pack.program->tables()) {
      ++compared.tables;
      compared.compiled += table.number ? 1 : 0;
    }
  }
}

}  // namespace

std::string disagreement(const gate::PackSet& packs, const gate::Facts& facts) {
  gate::Verdict compiled, interpreted;
  packs.check(facts, packs.everything(), compiled);
  packs.interpret(facts, packs.everything(), interpreted);
  const std::string fast = shown(compiled), slow = shown(interpreted);
  if (fast == slow) return {};
  return "compiled:\n" + fast + "interpreted:\n" + slow +
         "facts: " + decision::Value(gate::to_context(facts)).source();
}

Compared compare_packs(const std::vector<std::string>& xmls, std::int64_t pairs,
                       std::uint64_t seed) {
  Compared compared;
  const RandomFacts facts(xmls);
  Dice dice(seed);
  for (std::int64_t round = 0; compared.pairs < pairs; ++round) {
    const std::string& original = xmls[static_cast<std::size_t>(round) % xmls.size()];
    const bool mutate = round >= static_cast<std::int64_t>(xmls.size());
    const std::string xml = mutate ? mutated_pack(original, dice) : original;
    const gate::PackSet packs({gate::Pack::parse(xml, "a-pack")}, gate::Calendar());
    count_tables(packs, compared);
    if (!packs.packs()[0].problem.empty()) continue;
    for (int i = 0; i < kFactsAPack && compared.pairs < pairs; ++i) {
      const gate::Facts drawn = facts.draw(dice);
      ++compared.pairs;
      const std::string differs = disagreement(packs, drawn);
      if (differs.empty()) {
        gate::Verdict verdict;
        packs.check(drawn, packs.everything(), verdict);
        compared.refused += verdict.allowed() ? 0 : 1;
        continue;
      }
      compared.difference = fmt::format("seed {}, pack {}:\n{}", seed, round, differs);
      std::ofstream("disagreement.dmn") << xml;
      return compared;
    }
  }
  return compared;
}

std::vector<std::string> shipped_packs() {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("decisions/packs", error))
    if (entry.path().extension() == ".dmn") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    texts.push_back(text.str());
  }
  return texts;
}

}  // namespace tests
