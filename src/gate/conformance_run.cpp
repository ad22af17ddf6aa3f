#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "gate/conformance.h"
#include "gate/conformance_files.h"
#include "gate/packs.h"
#include "http/json.h"

namespace gate {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

Result<std::string> read_text_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return Error{Code::not_found, "the file cannot be read", path.string()};
  return text.str();
}

Status for_each_line(const fs::path& folder,
                     const std::function<Status(const std::string&, const std::string&)>& each) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  if (error) return Error{Code::not_found, "no such folder: " + error.message(), folder.string()};
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    TRY_ASSIGN(const std::string text, read_text_file(file));
    std::istringstream lines(text);
    int line_no = 0;
    for (std::string line; std::getline(lines, line);) {
      ++line_no;
      if (!line.empty()) TRY(each(line, fmt::format("{}:{}", file.string(), line_no)));
    }
  }
  return kernel::Ok{};
}

namespace {

// Packs by name and options: parsing one takes longer than asking it.
class Shelf {
 public:
  explicit Shelf(fs::path decisions) : decisions_(std::move(decisions)) {}

  Result<const PackSet*> get(const std::string& pack, const std::vector<PackOption>& options) {
    std::string key = pack;
    for (const auto& [name, value] : options) key += " " + name + "=" + value;
    if (const auto found = sets_.find(key); found != sets_.end()) return &found->second;
    TRY_ASSIGN(std::string xml, read_text_file(decisions_ / "packs" / (pack + ".dmn")));
    TRY_ASSIGN(xml, with_options(std::move(xml), options));
    PackSet set({Pack::parse(xml, pack)}, Calendar());
    return &sets_.emplace(key, std::move(set)).first->second;
  }

 private:
  fs::path decisions_;
  std::map<std::string, PackSet> sets_;
};

std::string shown(const std::vector<CaseRefusal>& refusals) {
  std::set<std::string> all;
  for (const CaseRefusal& r : refusals)
    all.insert(r.code + " [" + r.citation + "; " + r.rank + "; " + r.certainty + "; " + r.again +
               "; " + r.effective_from + "; " + r.table + "." + r.rule + "]");
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
  return text.empty() ? "allowed" : text;
}

std::vector<CaseRefusal> plain(const std::vector<Refusal>& refusals) {
  std::vector<CaseRefusal> out;
  for (const Refusal& r : refusals)
    out.push_back({r.code, r.citation, r.rank, r.certainty, r.again, r.effective_from, r.table,
                   r.rule_id, ""});
  return out;
}

struct Question {
  std::string pack;
  std::vector<PackOption> options;
  Facts facts;
};
BOOST_DESCRIBE_STRUCT(Question, (), (pack, options, facts))

struct CaseAnswer {
  bool allowed = true;
  std::vector<std::string> codes;
};
BOOST_DESCRIBE_STRUCT(CaseAnswer, (), (allowed, codes))

}  // namespace

Status run_case_files(const fs::path& folder, const fs::path& decisions,
                      ConformanceReport& report) {
  Shelf shelf(decisions);
  return for_each_line(folder / "cases",
                       [&](const std::string& line, const std::string& where) -> Status {
                         TRY_ASSIGN(const CaseLine one, read_line<CaseLine>(line, where));
                         TRY_ASSIGN(const PackSet* set, shelf.get(one.pack, one.options));
                         ++report.cases;
                         const std::string is = shown(plain(set->refusals(one.facts)));
                         const std::string must = shown(one.refusals);
                         if (is != must)
                           report.failures.push_back(
                               fmt::format("{} {}: is {}; must be {}", one.id, one.name, is, must));
                         if (one.allowed != one.refusals.empty())
                           report.failures.push_back(one.id + ": the line contradicts itself");
                         return kernel::Ok{};
                       });
}

Result<std::vector<std::pair<std::string, std::string>>> make_files(const fs::path& decisions) {
  std::vector<fs::path> packs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(decisions / "packs", error))
    if (entry.path().extension() == ".dmn") packs.push_back(entry.path());
  if (error)
    return Error{Code::not_found, "no packs there: " + error.message(), decisions.string()};
  std::sort(packs.begin(), packs.end());
  std::vector<std::pair<std::string, std::string>> files;
  std::string options;
  for (const fs::path& file : packs) {
    const std::string pack = file.stem().string();
    fs::path csv = file;
    TRY_ASSIGN(const std::string xml, read_text_file(file));
    TRY_ASSIGN(const std::string cases, read_text_file(csv.replace_extension(".tests.csv")));
    TRY_ASSIGN(std::string lines, make_case_lines(xml, pack, cases));
    files.emplace_back("cases/" + pack + ".jsonl", std::move(lines));
    TRY_ASSIGN(const std::string of_pack, make_option_lines(xml, pack));
    options += of_pack;
  }
  files.emplace_back("options.jsonl", std::move(options));
  return files;
}

Result<std::string> answer_case(const fs::path& decisions, std::string_view json) {
  static thread_local std::map<std::string, Shelf> shelves;
  TRY_ASSIGN(const Question question, http::parse_json<Question>(json));
  Shelf& shelf = shelves.try_emplace(decisions.string(), decisions).first->second;
  TRY_ASSIGN(const PackSet* set, shelf.get(question.pack, question.options));
  std::set<std::string> codes;
  for (const Refusal& r : set->refusals(question.facts)) codes.insert(r.code);
  return http::write_json(CaseAnswer{codes.empty(), {codes.begin(), codes.end()}});
}

}  // namespace gate
