#pragma once
// Mutants of the decision tables of a DMN file: each a small model of the one changed table and the
// context it reads, so that thousands can be parsed and asked. What is changed: a row dropped; a
// condition dropped, negated, its words dropped, added, swapped, its bounds moved by one, opened,
// closed and turned round; an input expression likewise; an output swapped or emptied; the hit
// policy. Options (entries of a context decision) moved by one or given another word.

#include <pugixml.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tests {

struct Mutant {
  std::string what;      // for people
  std::string decision;  // whose table was changed; of an option: empty, all tables stand
  std::string rule;      // its id, where it was a row
  std::string xml;       // a model with that table, or with all
};

class Mutants {
 public:
  // `words`: what else a column may hold, by input expression; those of the table are known.
  Mutants(const std::string& xml, std::map<std::string, std::set<std::string>> words)
      : words_(std::move(words)) {
    whole_.load_string(xml.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single);
    collect_words();
  }

  std::vector<Mutant> all() {
    std::vector<Mutant> made;
    for (pugi::xml_node decision : whole_.child("definitions").children("decision"))
      if (decision.child("decisionTable")) of_table(decision.attribute("name").value(), made);
    of_options(made);
    return made;
  }

  // The model of one table as it stands: what its mutants are compared with.
  std::string table(const std::string& decision) {
    pugi::xml_document small;
    cut(small, decision);
    return text_of(small);
  }

  const std::map<std::string, std::set<std::string>>& words() const { return words_; }

 private:
  struct Change {
    std::string what, text;
  };

  static std::string text_of(const pugi::xml_document& doc) {
    std::ostringstream out;
    doc.save(out, "", pugi::format_raw);
    return out.str();
  }

  static std::vector<std::string> quoted(const std::string& text) {
    std::vector<std::string> found;
    static const std::regex word("\"[^\"]*\"");
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
      found.push_back(at->str());
    return found;
  }

  // Words a column is compared with anywhere in the file, by its expression; kinds of a list too.
  void collect_words() {
    for (pugi::xml_node decision : whole_.child("definitions").children("decision")) {
      const pugi::xml_node table = decision.child("decisionTable");
      std::vector<std::string> inputs;
      for (pugi::xml_node input : table.children("input"))
        inputs.emplace_back(input.child("inputExpression").child("text").text().get());
      for (pugi::xml_node rule : table.children("rule")) {
        std::size_t at = 0;
        for (pugi::xml_node cell : rule.children("inputEntry")) {
          for (const auto& word : quoted(cell.child("text").text().get()))
            words_[inputs[at]].insert(word);
          ++at;
        }
        for (pugi::xml_node cell : rule.children("outputEntry"))
          if (std::string(cell.attribute("id").value()).ends_with("_code"))
            codes_.insert(cell.child("text").text().get());
      }
    }
  }

  // Leaves the one decision with a table, every other kind of node, and decisions without a table
  // that are no union of tables.
  void cut(pugi::xml_document& small, const std::string& decision) const {
    small.reset(whole_);
    pugi::xml_node root = small.child("definitions");
    std::vector<pugi::xml_node> gone;
    for (pugi::xml_node node : root.children()) {
      const std::string kind = node.name();
      const bool keeps = kind == "decision" &&
                         (node.attribute("name").value() == decision || node.child("context"));
      if (kind == "dmndi:DMNDI" || (kind == "decision" && !keeps)) gone.push_back(node);
    }
    for (pugi::xml_node node : gone) root.remove_child(node);
  }

  static pugi::xml_node table_in(pugi::xml_document& doc, const std::string& decision) {
    return doc.child("definitions")
        .find_child_by_attribute("decision", "name", decision.c_str())
        .child("decisionTable");
  }

  void of_table(const std::string& decision, std::vector<Mutant>& made) const {
    pugi::xml_document small;
    cut(small, decision);
    pugi::xml_node table = table_in(small, decision);
    const auto add = [&](const std::string& rule, const std::string& what) {
      made.push_back({decision + "." + rule + ": " + what, decision, rule, text_of(small)});
    };
    for (const char* policy :
         {"UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER"}) {
      table.attribute("hitPolicy").set_value(policy);
      add("", std::string("hit policy ") + policy);
    }
    table.attribute("hitPolicy").set_value("COLLECT");
    for (const char* sum : {"COUNT", "SUM", "MIN", "MAX"}) {
      table.append_attribute("aggregation").set_value(sum);
      add("", std::string("aggregation ") + sum);
      table.remove_attribute("aggregation");
    }
    std::vector<std::string> inputs;
    for (pugi::xml_node input : table.children("input")) {
      pugi::xml_node text = input.child("inputExpression").child("text");
      inputs.emplace_back(text.text().get());
      if (inputs.back().find("list contains") == std::string::npos) continue;
      vary(text,
           changes_of(inputs.back(),
                      words_.contains("holds") ? words_.at("holds") : std::set<std::string>{}),
           [&](const std::string& what) { add("", "input " + what); });
    }
    std::vector<pugi::xml_node> rules;
    for (pugi::xml_node rule : table.children("rule")) rules.push_back(rule);
    for (pugi::xml_node rule : rules) of_rule(table, rule, inputs, add);
  }

  template <class Add>
  void of_rule(pugi::xml_node table, pugi::xml_node rule, const std::vector<std::string>& inputs,
               const Add& add) const {
    const std::string id = rule.attribute("id").value();
    std::size_t at = 0;
    for (pugi::xml_node cell : rule.children("inputEntry")) {
      const std::string& input = inputs[at++];
      const auto known = words_.find(input);
      vary(cell.child("text"),
           changes_of(cell.child("text").text().get(),
                      known == words_.end() ? std::set<std::string>{} : known->second),
           [&](const std::string& what) { add(id, input + " " + what); });
    }
    at = 0;
    std::vector<pugi::xml_node> outputs;
    for (pugi::xml_node output : table.children("output")) outputs.push_back(output);
    for (pugi::xml_node cell : rule.children("outputEntry")) {
      const std::string name = outputs[at].attribute("name").value();
      std::set<std::string> others = name == "code" ? codes_ : [&] {
        const auto all = quoted(outputs[at].child("outputValues").child("text").text().get());
        return std::set<std::string>(all.begin(), all.end());
      }();
      ++at;
      others.insert("\"\"");
      if (others.size() == 1) others.insert("\"another\"");
      std::vector<Change> changes;
      const std::string was = cell.child("text").text().get();
      for (const auto& other : others)
        if (other != was && changes.size() < 3) changes.push_back({name + " is " + other, other});
      vary(cell.child("text"), changes, [&](const std::string& what) { add(id, what); });
    }
    const pugi::xml_node next = rule.next_sibling();
    pugi::xml_document kept;
    kept.append_copy(rule);
    table.remove_child(rule);
    add(id, "row dropped");
    if (next) {
      pugi::xml_node back = table.insert_copy_before(kept.first_child(), next);
      (void)back;
    } else {
      table.append_copy(kept.first_child());
    }
  }

  template <class Add>
  static void vary(pugi::xml_node text, const std::vector<Change>& changes, const Add& add) {
    const std::string was = text.text().get();
    for (const Change& change : changes) {
      text.text().set(change.text.c_str());
      add(change.what + " (" + was + " → " + change.text + ")");
    }
    text.text().set(was.c_str());
  }

  // Everything one small slip may make of a condition.
  static std::vector<Change> changes_of(const std::string& text,
                                        const std::set<std::string>& words) {
    std::vector<Change> out;
    if (text == "-" || text.empty()) return out;
    out.push_back({"dropped", "-"});
    const bool negated = text.starts_with("not(") && text.ends_with(")") &&
                         text.find("list contains") == std::string::npos;
    const std::string inner = negated ? text.substr(4, text.size() - 5) : text;
    const bool bound = std::regex_match(inner, std::regex("^(<=?|>=?|[\\[(]).*"));
    if (inner.find("list contains") != std::string::npos)
      kinds(inner, words, out);
    else if (bound)
      bounds(inner, out);
    else
      literals(inner, negated, words, out);
    return out;
  }

  static void literals(const std::string& inner, bool negated, const std::set<std::string>& words,
                       std::vector<Change>& out) {
    const auto as = [&](const std::string& list) { return negated ? "not(" + list + ")" : list; };
    out.push_back({"negation flipped", negated ? inner : "not(" + inner + ")"});
    if (inner == "true" || inner == "false") {
      out.push_back({"flag flipped", as(inner == "true" ? "false" : "true")});
      return;
    }
    const auto listed = quoted(inner);
    const auto list_of = [](const std::vector<std::string>& some) {
      std::string all;
      for (const auto& word : some) all += (all.empty() ? "" : ",") + word;
      return all;
    };
    for (std::size_t i = 0; i < listed.size(); ++i) {
      auto fewer = listed;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (!fewer.empty()) out.push_back({"word dropped", as(list_of(fewer))});
    }
    for (const auto& word : words) {
      if (std::find(listed.begin(), listed.end(), word) != listed.end()) continue;
      auto more = listed;
      more.push_back(word);
      out.push_back({"word added", as(list_of(more))});
      for (std::size_t i = 0; i < listed.size(); ++i) {
        auto other = listed;
        other[i] = word;
        out.push_back({"word swapped", as(list_of(other))});
      }
    }
  }

  static void bounds(const std::string& inner, std::vector<Change>& out) {
    static const std::regex comparison("^(<=?|>=?)\\s*(.+)$"),
        range("^([\\[(])(.+)\\.\\.(.+)([\\])])$");
    std::smatch m;
    if (std::regex_match(inner, m, comparison)) {
      const std::string op = m[1], end = m[2];
      const std::map<std::string, std::string> open = {
          {"<", "<="}, {"<=", "<"}, {">", ">="}, {">=", ">"}};
      const std::map<std::string, std::string> turned = {
          {"<", ">="}, {"<=", ">"}, {">", "<="}, {">=", "<"}};
      out.push_back({"openness swapped", open.at(op) + " " + end});
      out.push_back({"turned round", turned.at(op) + " " + end});
      out.push_back({"bound +1", op + " " + end + " + 1"});
      out.push_back({"bound -1", op + " " + end + " - 1"});
      return;
    }
    if (!std::regex_match(inner, m, range)) return;
    const std::string left = m[1], from = m[2], to = m[3], right = m[4];
    out.push_back({"left end", (left == "[" ? "(" : "[") + from + ".." + to + right});
    out.push_back({"right end", left + from + ".." + to + (right == "]" ? ")" : "]")});
    for (const char* step : {" + 1", " - 1"}) {
      out.push_back({"left bound", left + "(" + from + step + ").." + to + right});
      out.push_back({"right bound", left + from + "..(" + to + step + ")" + right});
    }
    out.push_back({"left bound gone", (right == "]" ? "<= " : "< ") + to});
    out.push_back({"right bound gone", (left == "[" ? ">= " : "> ") + from});
  }

  // list contains(x, "a") or list contains(x, "b")
  static void kinds(const std::string& inner, const std::set<std::string>& words,
                    std::vector<Change>& out) {
    static const std::regex term("list contains\\((\\w+|\\?), (\"[^\"]*\")\\)");
    std::vector<std::string> terms, listed;
    std::string of;
    for (std::sregex_iterator at(inner.begin(), inner.end(), term), end; at != end; ++at) {
      terms.push_back(at->str());
      of = (*at)[1];
      listed.push_back((*at)[2]);
    }
    const std::string between = inner.find(" and ") != std::string::npos ? " and " : " or ";
    const auto list_of = [](const std::vector<std::string>& some, const std::string& mark) {
      std::string all;
      for (const auto& one : some) all += (all.empty() ? "" : mark) + one;
      return all;
    };
    out.push_back({"negation flipped", "not(" + inner + ")"});
    if (terms.size() > 1)
      out.push_back({"and/or swapped", list_of(terms, between == " or " ? " and " : " or ")});
    for (std::size_t i = 0; i < terms.size() && terms.size() > 1; ++i) {
      auto fewer = terms;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      out.push_back({"kind dropped", list_of(fewer, between)});
    }
    for (const auto& word : words) {
      if (std::find(listed.begin(), listed.end(), word) != listed.end()) continue;
      const std::string other = "list contains(" + of + ", " + word + ")";
      auto more = terms;
      more.push_back(other);
      out.push_back({"kind added", list_of(more, between)});
      auto swapped = terms;
      swapped.front() = other;
      out.push_back({"kind swapped", list_of(swapped, between)});
    }
  }

  void of_options(std::vector<Mutant>& made) {
    for (pugi::xml_node decision : whole_.child("definitions").children("decision"))
      for (pugi::xml_node entry : decision.child("context").children("contextEntry")) {
        const std::string name = entry.child("variable").attribute("name").value();
        pugi::xml_node text = entry.child("literalExpression").child("text");
        const std::string was = text.text().get();
        std::vector<Change> changes;
        if (was.starts_with("\"")) {
          for (const auto& word : words_["options." + name])
            if (word != was) changes.push_back({"another word", word});
          changes.push_back({"another word", "\"no such word\""});
        } else {
          changes.push_back({"+1", was + " + 1"});
          changes.push_back({"-1", was + " - 1"});
        }
        vary(text, changes, [&](const std::string& what) {
          made.push_back({"option " + name + " " + what, "", "", text_of(whole_)});
        });
      }
  }

  pugi::xml_document whole_;
  std::map<std::string, std::set<std::string>> words_;
  std::set<std::string> codes_;
};

}  // namespace tests
