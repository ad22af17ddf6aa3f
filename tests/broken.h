#pragma once
// Broken tables for tests, made from a seed: a complete and clean table of about so many rows, and
// one fault planted in it. Each says which finding must tell of it.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace broken {

struct Column {
  std::string name, type, values;  // values: the allowed ones, as FEEL text
};

struct Table {
  std::string policy = "UNIQUE";
  std::vector<Column> inputs;
  Column output;
  std::vector<std::vector<std::string>> rows;  // cells, the output last
  std::string fallback;

  std::string xml() const;
};

inline std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return result;
}

inline std::string head() {
  return "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"m\" name=\"m\" "
         "namespace=\"n\">";
}

inline std::string input_data(const Column& column) {
  return "<inputData id=\"i_" + column.name + "\" name=\"" + column.name + "\"><variable name=\"" +
         column.name + "\" typeRef=\"" + column.type + "\"/></inputData>";
}

inline std::string needs(const std::string& kind, const std::string& id) {
  return "<informationRequirement><" + kind + " href=\"#" + id + "\"/></informationRequirement>";
}

inline std::string list_of(const std::string& tag, const std::string& text) {
  return text.empty() ? "" : "<" + tag + "><text>" + escaped(text) + "</text></" + tag + ">";
}

// The <decisionTable> alone.
inline std::string table_xml(const Table& table) {
  std::string xml = "<decisionTable hitPolicy=\"" + table.policy + "\">";
  for (const Column& input : table.inputs) {
    xml += "<input><inputExpression typeRef=\"" + input.type + "\"><text>" + input.name +
           "</text></inputExpression>" + list_of("inputValues", input.values) + "</input>";
  }
  xml += "<output typeRef=\"" + table.output.type + "\">" +
         list_of("outputValues", table.output.values) +
         list_of("defaultOutputEntry", table.fallback) + "</output>";
  for (const auto& row : table.rows) {
    xml += "<rule>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      xml += list_of(i < table.inputs.size() ? "inputEntry" : "outputEntry", row[i]);
    }
    xml += "</rule>";
  }
  return xml + "</decisionTable>";
}

inline std::string Table::xml() const {
  std::string text = head(), required;
  for (const Column& input : inputs) {
    text += input_data(input);
    required += needs("requiredInput", "i_" + input.name);
  }
  return text + "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>" + required +
         table_xml(*this) + "</decision></definitions>";
}

// dpd × product × amount, each case in exactly one row, rows in any order.
inline Table clean(std::size_t rows, std::mt19937_64& random) {
  Table table;
  table.inputs = {{"dpd", "number", ""},
                  {"product", "string", "\"card\", \"loan\", \"instalment\""},
                  {"amount", "number", ""}};
  table.output = {"d", "string", ""};
  const std::vector<std::string> products = {"\"card\"", "\"loan\"", "\"instalment\""};
  std::size_t stages = 2;
  while (stages * stages * 3 < rows) ++stages;
  const auto cell = [](std::size_t at, std::size_t of, int step) {
    const int low = static_cast<int>(at) * step, high = low + step;
    if (at == 0) return "< " + std::to_string(high);
    if (at + 1 == of) return ">= " + std::to_string(low);
    return "[" + std::to_string(low) + ".." + std::to_string(high) + ")";
  };
  for (std::size_t i = 0; i < stages; ++i) {
    for (std::size_t j = 0; j < stages; ++j) {
      for (const std::string& product : products) {
        table.rows.push_back({cell(i, stages, 30), product, cell(j, stages, 1'000),
                              "\"o" + std::to_string(table.rows.size()) + "\""});
      }
    }
  }
  std::shuffle(table.rows.begin(), table.rows.end(), random);
  return table;
}

struct Fault {
  std::string name, kind;  // kind: of the finding that must tell of it
  std::string xml;
  int row = 0;  // 1-based, of the finding; 0: of the whole table
};

// A row in the middle of both number columns, so that all its neighbours are there.
inline std::size_t inner_row(const Table& table, std::mt19937_64& random) {
  std::vector<std::size_t> inner;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if (table.rows[i][0][0] == '[' && table.rows[i][2][0] == '[') inner.push_back(i);
  }
  return inner.empty() ? random() % table.rows.size() : inner[random() % inner.size()];
}

inline std::vector<Fault> table_faults(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Fault> faults;
  const auto plant = [&](const char* name, const char* kind, const auto& change) {
    Table table = clean(rows, random);
    const std::size_t at = inner_row(table, random);
    const std::size_t row = change(table, at);
    faults.push_back({name, kind, table.xml(), static_cast<int>(row)});
  };
  plant("a row is missing", "gap", [](Table& t, std::size_t at) {
    t.rows.erase(t.rows.begin() + static_cast<std::ptrdiff_t>(at));
    return 0;
  });
  plant("a row asks for less", "gap", [](Table& t, std::size_t at) {
    std::string& cell = t.rows[at][0];
    cell = cell[0] == '[' ? "(" + cell.substr(1) : cell[0] == '<' ? "< 1" : "> 10000";
    return 0;
  });
  plant("no row is for other texts", "no_default", [](Table& t, std::size_t) {
    t.inputs[1].values = "";
    return 0;
  });
  plant("a row asks for more", "overlap", [](Table& t, std::size_t at) {
    t.rows[at][1] = "-";
    return 0;
  });
  plant("a row stands twice, with another output", "overlap", [](Table& t, std::size_t at) {
    t.rows.push_back(t.rows[at]);
    t.rows.back().back() = "\"another\"";
    return 0;
  });
  plant("rows of policy any disagree", "overlap", [](Table& t, std::size_t at) {
    t.policy = "ANY";
    t.rows[at][2] = "-";
    return 0;
  });
  plant("an exception stands below its rule", "shadowed", [](Table& t, std::size_t at) {
    t.policy = "FIRST";
    t.rows.push_back(t.rows[at]);
    t.rows.back()[0] = t.rows[at][0][0] == '<' ? "5" : t.rows[at][0];
    t.rows.back().back() = "\"exception\"";
    return t.rows.size();
  });
  plant("several rows together leave a row nothing", "shadowed", [](Table& t, std::size_t at) {
    t.policy = "FIRST";
    t.rows.push_back({t.rows[at][0], t.inputs[1].values, t.rows[at][2], "\"never\""});
    return t.rows.size();
  });
  plant("a better output takes all of a row", "shadowed", [](Table& t, std::size_t at) {
    t.policy = "PRIORITY";
    t.output.values = "\"best\", \"worst\"";
    for (auto& row : t.rows) row.back() = "\"best\"";
    t.rows.insert(t.rows.begin(), t.rows[at]);
    t.rows[0].back() = "\"worst\"";
    return 1;
  });
  plant("a row stands twice", "duplicate_row", [](Table& t, std::size_t at) {
    t.policy = "COLLECT";
    t.rows.push_back(t.rows[at]);
    return t.rows.size();
  });
  plant("a range ends before it begins", "never_fires", [](Table& t, std::size_t at) {
    t.policy = "COLLECT";
    t.rows[at][0] = "[60..30]";
    return at + 1;
  });
  plant("a value that is not allowed", "allowed_values", [](Table& t, std::size_t at) {
    t.policy = "COLLECT";
    t.rows[at][1] = "\"mortgage\"";
    return at + 1;
  });
  plant("one of several values is not allowed", "allowed_values", [](Table& t, std::size_t at) {
    t.rows[at][1] += ", \"mortgage\"";
    return at + 1;
  });
  plant("a number in quotes", "type_error", [](Table& t, std::size_t at) {
    t.policy = "COLLECT";
    t.rows[at][0] = "\"30\"";
    return at + 1;
  });
  plant("a date as a number", "type_error", [](Table& t, std::size_t at) {
    t.policy = "COLLECT";
    t.rows[at][2] = "> date(\"2026-11-22\")";
    return at + 1;
  });
  plant("an output of another type", "type_error", [](Table& t, std::size_t at) {
    t.rows[at].back() = "12";
    return at + 1;
  });
  plant("an output that is not listed", "output_values", [](Table& t, std::size_t at) {
    t.output.values = "\"yes\", \"no\"";
    for (std::size_t i = 0; i < t.rows.size(); ++i) t.rows[i].back() = i % 2 ? "\"yes\"" : "\"no\"";
    t.rows[at].back() = "\"maybe\"";
    return at + 1;
  });
  plant("an output nobody gives", "unreachable_output", [](Table& t, std::size_t) {
    t.output.values = "\"yes\", \"no\", \"maybe\"";
    for (std::size_t i = 0; i < t.rows.size(); ++i) t.rows[i].back() = i % 2 ? "\"yes\"" : "\"no\"";
    return 0;
  });
  plant("an input nobody looks at", "unused_input", [](Table& t, std::size_t) {
    t.inputs.insert(t.inputs.begin(), {"grade", "string", "\"low\", \"high\""});
    for (auto& row : t.rows) row.insert(row.begin(), "-");
    return 0;
  });
  plant("the clock is asked", "not_reproducible", [](Table& t, std::size_t at) {
    t.rows[at].back() = "string(today())";
    return 0;
  });
  return faults;
}

}  // namespace broken
