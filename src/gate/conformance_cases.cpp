#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "gate/conformance.h"
#include "gate/packs.h"
#include "http/json.h"

namespace gate {

namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(mark);
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return parts;
}

// RFC 4180 cells of one line; a table of cases has no line breaks inside cells.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool doubled = quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
    if (doubled)
      out.back() += line[i++];
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += line[i];
  }
  return out;
}

bool read(const std::string& text, std::string& into) {
  into = text;
  return true;
}
bool read(const std::string& text, bool& into) {
  into = text == "true";
  return into || text == "false";
}
bool read(const std::string& text, int& into) {
  const char* end = text.data() + text.size();
  return std::from_chars(text.data(), end, into).ptr == end && !text.empty();
}
bool read(const std::string& text, std::optional<int>& into) {
  if (text == "null") {
    into.reset();
    return true;
  }
  return read(text, into.emplace());
}
bool read(const std::string& text, std::vector<std::string>& into) {
  into = split(text, '|');
  return true;
}

PackOption pair_of(const std::string& text) {
  const std::size_t at = text.find('=');
  return {text.substr(0, at), at == text.npos ? std::string() : text.substr(at + 1)};
}

bool set_fact(Facts& facts, const std::string& name, const std::string& value) {
  const auto& fields = fact_fields();
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FactField& field) { return field.name == name; });
  if (found == fields.end()) return false;
  return std::visit([&](auto member) { return read(value, facts.*member); }, found->member);
}

}  // namespace

Result<std::vector<PackCase>> read_pack_cases(std::string_view csv, std::string_view where) {
  std::vector<PackCase> cases;
  int line_no = 0;
  for (const std::string& line : split(csv, '\n')) {
    const std::string at = fmt::format("{}:{}", where, ++line_no);
    if (line_no == 1) continue;
    const auto cell = cells_of(line);
    if (cell.size() != 5)
      return Error{Code::invalid_input, "a case has case,options,facts,codes,rules", at};
    PackCase one{.name = cell[0], .facts = cases.empty() ? Facts{} : cases.front().facts};
    if (cases.empty() && one.name != "ordinary")
      return Error{Code::invalid_input, "the first case is the ordinary one, with its facts", at};
    for (const auto& option : split(cell[1], ' ')) one.options.push_back(pair_of(option));
    for (const auto& fact : split(cell[2], ' ')) {
      const auto [name, value] = pair_of(fact);
      if (!set_fact(one.facts, name, value))
        return Error{Code::invalid_input, fmt::format("'{}' is no fact with its value", fact), at};
    }
    one.codes = split(cell[3], ' ');
    one.rules = split(cell[4], ' ');
    std::sort(one.codes.begin(), one.codes.end());
    std::sort(one.rules.begin(), one.rules.end());
    cases.push_back(std::move(one));
  }
  return cases;
}

Result<std::string> with_options(std::string xml, const std::vector<PackOption>& options) {
  for (const auto& [name, value] : options) {
    const std::string mark = "<literalExpression id=\"option_text_" + name + "\"><text>";
    const std::size_t at = xml.find(mark);
    if (at == xml.npos) return Error{Code::invalid_input, "the pack has no such option", name};
    const std::size_t begin = at + mark.size();
    xml.replace(begin, xml.find("</text>", begin) - begin, value);
  }
  return xml;
}

namespace {

std::string source_of(const Pack& pack, const Refusal& refusal) {
  for (const decision::DecisionInfo& info : pack.model->decisions()) {
    if (info.name != refusal.table || !info.table) continue;
    for (const decision::RuleText& rule : info.table->rules)
      if (rule.id == refusal.rule_id && !rule.annotations.empty()) return rule.annotations.front();
  }
  return {};
}

template <class T>
std::string joined(const T& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

std::string plain_text(std::string xml) {
  const std::pair<std::string, std::string> entities[] = {
      {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
  for (const auto& [entity, mark] : entities)
    for (std::size_t at = 0; (at = xml.find(entity, at)) != xml.npos; at += mark.size())
      xml.replace(at, entity.size(), mark);
  return xml;
}

}  // namespace

Result<std::vector<OptionLine>> read_options(std::string_view xml, std::string_view pack) {
  TRY_ASSIGN(const decision::Model model, decision::Model::parse(xml, pack));
  const decision::Value options = model.evaluate("options", {}).value;
  if (options.kind() != decision::Kind::context)
    return Error{Code::invalid_input, "the pack has no options", std::string(pack)};
  std::vector<OptionLine> all;
  for (const auto& [name, value] : options.context().entries()) {
    const std::string mark = "<contextEntry id=\"option_" + name + "\"><description>";
    const std::size_t at = xml.find(mark);
    if (at == xml.npos) return Error{Code::invalid_input, "an option without a description", name};
    const std::size_t begin = at + mark.size();
    const auto meaning = xml.substr(begin, xml.find("</description>", begin) - begin);
    all.push_back({std::string(pack), name, value.text(), plain_text(std::string(meaning))});
  }
  return all;
}

Result<std::string> make_option_lines(std::string_view xml, std::string_view pack) {
  TRY_ASSIGN(const auto options, read_options(xml, pack));
  std::string lines;
  for (const OptionLine& option : options) lines += http::write_json(option) + "\n";
  return lines;
}

Result<std::string> make_case_lines(std::string_view xml, std::string_view pack_name,
                                    std::string_view tests_csv) {
  TRY_ASSIGN(const auto cases, read_pack_cases(tests_csv, pack_name));
  std::string lines;
  int number = 0;
  std::map<std::string, PackSet> sets;  // by options: parsing takes longer than asking
  for (const PackCase& one : cases) {
    std::string key;
    for (const auto& [name, value] : one.options) key += name + "=" + value + " ";
    auto found = sets.find(key);
    if (found == sets.end()) {
      TRY_ASSIGN(const std::string changed, with_options(std::string(xml), one.options));
      const Pack parsed = Pack::parse(changed, pack_name);
      if (!parsed.problem.empty())
        return Error{Code::invalid_input, parsed.problem, std::string(pack_name)};
      found = sets.emplace(key, PackSet({parsed}, Calendar())).first;
    }
    const Pack& pack = found->second.packs().front();
    const auto refusals = found->second.refusals(one.facts);
    CaseLine line{.id = fmt::format("{}/{:03}", pack_name, ++number),
                  .name = one.name,
                  .pack = std::string(pack_name),
                  .options = one.options,
                  .facts = one.facts,
                  .allowed = refusals.empty()};
    std::set<std::string> codes, rules;
    for (const Refusal& r : refusals) {
      codes.insert(r.code);
      rules.insert(r.rule_id);
      line.refusals.push_back({r.code, r.citation, r.rank, r.certainty, r.again, r.effective_from,
                               r.table, r.rule_id, source_of(pack, r)});
    }
    if (joined(codes) != joined(one.codes) || joined(rules) != joined(one.rules))
      return Error{Code::invalid_input,
                   fmt::format("'{}' gives {} ({}), its table of cases says {} ({})", one.name,
                               joined(codes), joined(rules), joined(one.codes), joined(one.rules)),
                   line.id};
    lines += http::write_json(line) + "\n";
  }
  return lines;
}

}  // namespace gate
