#include "tables/analysis.h"

#include <algorithm>

#include "decision/check.h"
#include "tables/cases.h"

namespace tables {

using kernel::Code;
using kernel::Error;
using kernel::Status;

namespace {

std::string line_of(std::string_view text, std::size_t at) {
  return "line " +
         std::to_string(
             std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1);
}

// The first byte that is no UTF-8 (Unicode 15, table 3-7); npos: there is none.
std::size_t find_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](std::size_t i) -> unsigned {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
    };
    const unsigned first = byte(0);
    std::size_t more = 0;
    unsigned low = 0x80, high = 0xBF;
    if (first < 0x80) {
      ++at;
      continue;
    }
    if (first >= 0xC2 && first <= 0xDF) more = 1;
    if (first >= 0xE0 && first <= 0xEF) more = 2;
    if (first >= 0xF0 && first <= 0xF4) more = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    if (more == 0 || byte(1) < low || byte(1) > high) return at;
    for (std::size_t i = 2; i <= more; ++i)
      if (byte(i) < 0x80 || byte(i) > 0xBF) return at;
    at += more + 1;
  }
  return text.npos;
}

Finding rendered(std::string kind, std::string message_zh, std::string message_en) {
  return {.kind = std::move(kind),
          .severity = "error",
          .message_zh = std::move(message_zh),
          .message_en = std::move(message_en)};
}

void add_checks(const decision::Model& model, const std::string& file,
                std::vector<Finding>& findings) {
  const auto& night = night_files();
  const decision::CheckOptions options{.night = std::find(night.begin(), night.end(), file) !=
                                                night.end()};
  const auto checked = decision::check(model, options);
  if (!checked) {
    findings.push_back(rendered("not_checked", "无法分析：" + checked.error().message,
                                "cannot be analysed: " + checked.error().message));
    return;
  }
  for (const decision::Finding& from : *checked) {
    Finding to{.kind = from.kind,
               .severity = from.severity,
               .decision = from.decision,
               .row = from.row,
               .other_row = from.other_row,
               .column = from.column,
               .message_zh = from.message_zh,
               .message_en = from.message_en};
    for (const auto& [name, value] : from.example) to.example.push_back({name, value});
    findings.push_back(std::move(to));
  }
}

}  // namespace

Status check_text(std::string_view xml, std::string_view tests_csv) {
  if (xml.size() > http::document_bytes_max) {
    return Error{Code::invalid_input,
                 "the table has " + std::to_string(xml.size() >> 20) +
                     " MiB; at most 32 MiB are taken: leave out the drawing, or split the table",
                 "xml"};
  }
  for (const auto& [text, field] : {std::pair(xml, "xml"), std::pair(tests_csv, "tests_csv")}) {
    const std::size_t bad = std::min(find_bad_byte(text), text.find('\0'));
    if (bad != text.npos)
      return Error{Code::invalid_input,
                   line_of(text, bad) +
                       " holds a byte that is not UTF-8; save the file as UTF-8"
                       " (not GBK, not UTF-16) and send it again",
                   field};
  }
  if (const std::size_t at = xml.find("<!DOCTYPE"); at != xml.npos)
    return Error{Code::invalid_input,
                 line_of(xml, at) + " has a DOCTYPE; a table needs none: take the line out", "xml"};
  return kernel::Ok{};
}

Read read_model(std::string_view xml, const std::string& file,
                const std::vector<FileInForce>& around) {
  decision::ParseOptions options;
  options.find_import = [&](std::string_view wanted) -> std::optional<std::string> {
    for (const FileInForce& other : around)
      if (other.file != file && decision::has_namespace(*other.bytes, wanted)) return *other.bytes;
    return std::nullopt;
  };
  auto model = decision::Model::parse(xml, file, options);
  if (model) return {std::move(*model), ""};
  const Error& error = model.error();
  return {std::nullopt, error.where.empty() ? error.message : error.where + ": " + error.message};
}

Analysis analyse(std::string_view xml, std::string_view tests_csv, const std::string& file,
                 const std::vector<FileInForce>& around, const PackCheck& check_pack) {
  Analysis found;
  if (const Status text = check_text(xml, tests_csv); !text) {
    found.problem = text.error().message;
    return found;
  }
  Read read = read_model(xml, file, around);
  found.problem = std::move(read.problem);
  if (!read.model) return found;
  add_checks(*read.model, file, found.findings);
  if (is_pack(file)) {
    for (Finding& finding : pack_findings(*read.model))
      found.findings.push_back(std::move(finding));
    const std::string why = check_pack ? check_pack(file, xml) : "";
    if (!why.empty())
      found.findings.push_back(rendered("pack_refused", "闸门无法执行此规则包：" + why,
                                        "the gate cannot run this pack: " + why));
  }
  auto tests = run_cases(*read.model, tests_csv, "tests");
  if (tests) {
    found.tests = std::move(*tests);
  } else {
    found.findings.push_back(rendered(
        "tests_wrong", "测试用例无法读取（" + tests.error().where + "）：" + tests.error().message,
        "the test cases cannot be read (" + tests.error().where + "): " + tests.error().message));
  }
  return found;
}

std::int64_t count(const std::vector<Finding>& findings, std::string_view severity) {
  return std::count_if(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.severity == severity; });
}

std::int64_t count_failed(const std::vector<TableTest>& tests) {
  return std::count_if(tests.begin(), tests.end(),
                       [](const TableTest& test) { return !test.passed; });
}

}  // namespace tables
