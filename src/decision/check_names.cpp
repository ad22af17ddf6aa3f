#include "decision/check_names.h"

#include <algorithm>
#include <set>

#include "decision/builtins.h"
#include "decision/check_say.h"
#include "decision/table.h"

namespace decision {

namespace {

using Names = std::set<std::string>;

struct Used {
  Names free;     // names that nothing within the expression binds
  Names members;  // names in a filter, which may be members of the items
  bool now = false, today = false;
};

class Walker {
 public:
  explicit Walker(Used& used) : used_(used) {}

  void walk(const Node& node, Names bound) {
    switch (node.kind) {
      case NodeKind::name:
        return name(node.text, bound);
      case NodeKind::for_loop:
      case NodeKind::some:
      case NodeKind::every:
        bound.insert("partial");
        return in_turn(node, std::move(bound));
      case NodeKind::context:
        return in_turn(node, std::move(bound));
      case NodeKind::function:
        bound.insert(node.names.begin(), node.names.end());
        break;
      case NodeKind::filter:
        walk(*node.kids[0], bound);
        ++filters_;
        bound.insert("item");
        walk(*node.kids[1], bound);
        --filters_;
        return;
      case NodeKind::tests:
        bound.insert("?");
        break;
      case NodeKind::table:
        return table(*node.table, bound);
      default:
        break;
    }
    for (const NodePtr& kid : node.kids) {
      if (kid) walk(*kid, bound);
    }
  }

 private:
  // Each entry may use those before it.
  void in_turn(const Node& node, Names bound) {
    for (std::size_t i = 0; i < node.kids.size(); ++i) {
      if (node.kids[i]) walk(*node.kids[i], bound);
      if (i < node.names.size()) bound.insert(node.names[i]);
    }
  }
  void table(const Table& table, const Names& bound) {
    for (const TableInput& input : table.inputs) walk(*input.expression, bound);
    for (const TableOutput& output : table.outputs) {
      if (output.default_entry) walk(*output.default_entry, bound);
    }
    for (const TableRule& rule : table.rules) {
      for (const NodePtr& test : rule.tests) {
        if (test->kind != NodeKind::anything) walk(*test, bound);
      }
      for (const NodePtr& entry : rule.outputs) {
        if (entry->kind != NodeKind::literal) walk(*entry, bound);
      }
    }
  }
  void name(const std::string& text, const Names& bound) {
    if (bound.contains(text)) return;
    used_.now |= text == "now";
    used_.today |= text == "today";
    (filters_ > 0 ? used_.members : used_.free).insert(text);
  }

  Used& used_;
  int filters_ = 0;
};

const std::string& name_of(const Definitions& home, const Requirement& required) {
  switch (required.kind) {
    case RequirementKind::input:
      return home.inputs[required.index].name;
    case RequirementKind::decision:
      return home.decisions[required.index].variable;
    case RequirementKind::knowledge:
      return home.knowledge[required.index].name;
    case RequirementKind::service:
      break;
  }
  return home.services[required.index].name;
}

class NameCheck {
 public:
  NameCheck(const Definitions& model, const CheckOptions& options, std::vector<Finding>& findings)
      : model_(model), options_(options), findings_(findings) {
    for (const InputData& input : model.inputs) names_.insert(input.name);
    for (const Decision& decision : model.decisions) names_.insert(decision.variable);
    for (const Knowledge& knowledge : model.knowledge) names_.insert(knowledge.name);
    for (const Service& service : model.services) names_.insert(service.name);
  }

  void look(const std::string& owner, const Node& body, const std::vector<Requirement>& required,
            const Names& parameters) {
    Used used;
    Walker(used).walk(body, {});
    Names known = parameters, wanted;
    for (const Requirement& requirement : required) {
      const Definitions& home = requirement.home != nullptr ? *requirement.home : model_;
      const bool imported = !requirement.import_name.empty();
      const std::string& name = imported ? requirement.import_name : name_of(home, requirement);
      known.insert(name);
      wanted.insert(name);
    }
    for (const std::string& name : used.free) {
      // A model may call its own things by the names of FEEL's functions.
      if (known.contains(name) || find_built_in(name) != nullptr) continue;
      report(owner,
             names_.contains(name) ? say::missing_requirement(name) : say::unknown_name(name),
             "error", name);
    }
    for (const std::string& name : wanted) {
      if (used.free.contains(name) || used.members.contains(name)) continue;
      report(owner, say::unused_requirement(name), "warning", name);
    }
    const char* severity = options_.night ? "error" : "warning";
    if (used.now) report(owner, say::not_reproducible("now"), severity, "");
    if (used.today) report(owner, say::not_reproducible("today"), severity, "");
  }

 private:
  void report(const std::string& owner, const Say& said, const char* severity,
              const std::string& column) {
    findings_.push_back({said.kind, severity, owner, 0, 0, column, said.zh, said.en, {}});
  }

  const Definitions& model_;
  const CheckOptions& options_;
  std::vector<Finding>& findings_;
  Names names_;
};

}  // namespace

std::vector<Finding> check_names(const Definitions& model, const CheckOptions& options) {
  std::vector<Finding> findings;
  NameCheck check(model, options, findings);
  for (const Decision& decision : model.decisions) {
    if (decision.body) check.look(decision.name, *decision.body, decision.required, {});
  }
  for (const Knowledge& knowledge : model.knowledge) {
    const Names parameters(knowledge.parameters.begin(), knowledge.parameters.end());
    if (knowledge.body) check.look(knowledge.name, *knowledge.body, knowledge.required, parameters);
  }
  return findings;
}

}  // namespace decision
