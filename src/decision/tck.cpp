#include "decision/tck.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "decision/decision.h"
#include "decision/reader.h"

namespace decision {

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string xsi_attribute(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    std::string_view full = attribute.name();
    if (full.substr(full.find(':') + 1) == name) return attribute.as_string();
  }
  return "";
}

bool is_nil(const pugi::xml_node& node) {
  return xsi_attribute(node, "nil") == "true";
}

template <class T>
Value or_null(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

Value simple_value(const pugi::xml_node& node) {
  if (is_nil(node)) return {};
  std::string type = xsi_attribute(node, "type");
  type = type.substr(type.find(':') + 1);
  std::string text = node.text().as_string();
  if (type == "boolean") return text == "true" || text == "1";
  if (type == "date") return or_null(parse_date(text));
  if (type == "time") return or_null(parse_time(text));
  if (type == "dateTime") return or_null(parse_date_time(text));
  if (type == "duration" || type == "dayTimeDuration" || type == "yearMonthDuration") {
    auto months = parse_months_duration(text);
    return months ? Value(*months) : or_null(parse_days_duration(text));
  }
  if (type == "decimal" || type == "double" || type == "integer" || type == "int" ||
      type == "long" || type == "float") {
    return or_null(Decimal::parse(normal_name(text)));
  }
  return text;
}

// A value, a list of items, or components: whichever stands in the node.
Value read_value(const pugi::xml_node& node) {
  if (is_nil(node)) return {};
  if (pugi::xml_node value = child(node, "value")) return simple_value(value);
  if (pugi::xml_node list = child(node, "list")) {
    if (is_nil(list)) return {};
    List items;
    for (const pugi::xml_node& item : children(list, "item")) items.push_back(read_value(item));
    return items;
  }
  auto components = children(node, "component");
  if (components.empty()) return {};
  Context context;
  for (const pugi::xml_node& component : components) {
    context.set(attribute(component, "name"), read_value(component));
  }
  return context;
}

bool same_number(const Decimal& a, const Decimal& b) {
  auto difference = a.minus(b);
  if (!difference) return false;
  Decimal allowed = Decimal::power_of_ten(-8);
  auto relative = b.abs().times(Decimal::power_of_ten(-12));
  return difference->abs() <= (relative ? std::max(allowed, *relative) : allowed);
}

bool same(const Value& got, const Value& wanted) {
  if (got.kind() == Kind::number && wanted.kind() == Kind::number) {
    return same_number(got.number(), wanted.number());
  }
  if (got.kind() == Kind::list && wanted.kind() == Kind::list) {
    return std::equal(got.list().begin(), got.list().end(), wanted.list().begin(),
                      wanted.list().end(), same);
  }
  if (got.kind() == Kind::context && wanted.kind() == Kind::context) {
    const auto& entries = wanted.context().entries();
    auto matches = [&](const auto& entry) {
      const Value* found = got.context().find(entry.first);
      return found != nullptr && same(*found, entry.second);
    };
    return got.context().size() == entries.size() &&
           std::all_of(entries.begin(), entries.end(), matches);
  }
  return got == wanted;
}

class TestFile {
 public:
  TestFile(const std::filesystem::path& path, std::string folder, std::vector<TckResult>& results)
      : path_(path), folder_(std::move(folder)), results_(results) {}

  void run() {
    pugi::xml_document document;
    std::string xml = read_file(path_);
    unsigned options = pugi::parse_default | pugi::parse_ws_pcdata_single;
    if (auto parsed = document.load_buffer(xml.data(), xml.size(), options); !parsed) {
      results_.push_back({folder_, path_.stem().string(), "", "", false,
                          std::string("is not well-formed XML: ") + parsed.description()});
      return;
    }
    pugi::xml_node root = document.document_element();
    if (!is(root, "testCases")) return;
    std::string model_name = normal_name(child(root, "modelName").text().as_string());
    auto model = Model::load(path_.parent_path() / model_name, {.lenient = true});
    for (const pugi::xml_node& test : children(root, "testCase")) {
      Context inputs;
      for (const pugi::xml_node& input : children(test, "inputNode")) {
        inputs.set(attribute(input, "name"), read_value(input));
      }
      for (const pugi::xml_node& result : children(test, "resultNode")) {
        check(model, test, result, inputs);
      }
    }
  }

 private:
  Evaluation ask(const Model& model, const pugi::xml_node& test, const std::string& node,
                 const Context& inputs) const {
    std::string type = attribute(test, "type");
    std::string invocable = attribute(test, "invocableName");
    if (type == "bkm") return model.call(invocable, inputs);
    if (type != "decisionService") {
      EvaluateOptions options{DateTime{CalendarDate{2026, 11, 22}, ClockTime{9, 30, 0, 0, {}}}};
      return model.evaluate(node, inputs, options);
    }
    Evaluation evaluation = model.evaluate_service(invocable, inputs);
    if (evaluation.value.kind() == Kind::context) {  // of a service with several outputs
      const Value* output = evaluation.value.context().find(node);
      if (output != nullptr) evaluation.value = Value(*output);
    }
    return evaluation;
  }

  void check(const kernel::Result<Model>& model, const pugi::xml_node& test,
             const pugi::xml_node& result, const Context& inputs) {
    TckResult outcome{
        folder_, path_.stem().string(), attribute(test, "id"), attribute(result, "name"), false,
        ""};
    Value wanted = read_value(child(result, "expected"));
    if (!model) {
      outcome.detail = model.error().where + ": " + model.error().message;
    } else {
      Evaluation evaluation = ask(*model, test, outcome.node, inputs);
      outcome.passed = same(evaluation.value, wanted);
      if (!outcome.passed) {
        outcome.detail = "wanted " + wanted.source() + ", got " + evaluation.value.source();
        for (const auto& message : evaluation.messages) outcome.detail += "; " + message;
      }
    }
    results_.push_back(std::move(outcome));
  }

  std::filesystem::path path_;
  std::string folder_;
  std::vector<TckResult>& results_;
};

// "compliance-level-3/0001-filter", also where the folder asked for is that level itself.
std::string folder_of(const std::filesystem::path& file, const std::filesystem::path& root) {
  auto inside = file.parent_path().lexically_relative(root).generic_string();
  auto name = root.filename().string();
  if (inside == ".") return name;
  return name.starts_with("compliance-level") ? name + "/" + inside : inside;
}

std::string csv_cell(std::string_view text) {
  std::string cell = "\"";
  for (char c : text.substr(0, 500)) {
    if (c == '"') cell += '"';
    cell += c == '\n' || c == '\r' ? ' ' : c;
  }
  return cell + "\"";
}

struct CaseOutcome {
  bool passed = true;
  std::string detail;
};

// A test case fails where any of its results does.
std::map<std::vector<std::string>, CaseOutcome> by_case(const std::vector<TckResult>& results) {
  std::map<std::vector<std::string>, CaseOutcome> cases;
  for (const TckResult& result : results) {
    CaseOutcome& outcome = cases[{result.folder, result.file, result.test_case}];
    if (!result.passed && outcome.passed) outcome = {false, result.node + ": " + result.detail};
  }
  return cases;
}

}  // namespace

std::vector<TckResult> run_tck(const std::filesystem::path& directory) {
  std::error_code failed;
  std::filesystem::path root = std::filesystem::weakly_canonical(directory, failed);
  if (failed) root = directory;
  std::vector<std::filesystem::path> files;
  for (auto at = std::filesystem::recursive_directory_iterator(root, failed);
       !failed && at != std::filesystem::recursive_directory_iterator(); at.increment(failed)) {
    if (at->path().extension() == ".xml") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  std::vector<TckResult> results;
  for (const auto& file : files) TestFile(file, folder_of(file, root), results).run();
  return results;
}

std::string render_tck_csv(const std::vector<TckResult>& results) {
  std::string csv;
  for (const auto& [key, outcome] : by_case(results)) {
    for (const std::string& part : key) csv += csv_cell(part) + ",";
    csv += outcome.passed ? "\"SUCCESS\"," : "\"ERROR\",";
    csv += csv_cell(outcome.detail) + "\n";
  }
  return csv;
}

std::string render_tck_summary(const std::vector<TckResult>& results) {
  struct Count {
    std::size_t cases = 0;
    std::size_t cases_passed = 0;
    std::size_t results = 0;
    std::size_t results_passed = 0;
  };
  std::map<std::string, Count> levels;
  auto level_of = [](const std::string& folder) { return folder.substr(0, folder.find('/')); };
  for (const auto& [key, outcome] : by_case(results)) {
    Count& level = levels[level_of(key[0])];
    ++level.cases;
    level.cases_passed += outcome.passed ? 1 : 0;
  }
  for (const TckResult& result : results) {
    Count& level = levels[level_of(result.folder)];
    ++level.results;
    level.results_passed += result.passed ? 1 : 0;
  }
  Count all;
  std::string text;
  auto line = [&](const std::string& name, const Count& count) {
    text += name + ": " + std::to_string(count.cases_passed) + " of " +
            std::to_string(count.cases) + " cases, " + std::to_string(count.results_passed) +
            " of " + std::to_string(count.results) + " results\n";
  };
  for (const auto& [name, count] : levels) {
    if (name.starts_with("compliance-level")) line(name, count);
    all.cases += count.cases;
    all.cases_passed += count.cases_passed;
    all.results += count.results;
    all.results_passed += count.results_passed;
  }
  line("all", all);
  return text;
}

}  // namespace decision
