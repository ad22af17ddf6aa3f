#include "decision/check.h"

#include <algorithm>
#include <map>

#include "decision/check_names.h"
#include "decision/check_table.h"
#include "decision/model.h"

namespace decision {

namespace {

class ModelCheck {
 public:
  ModelCheck(const Definitions& model, const CheckOptions& options)
      : model_(model), options_(options) {}

  std::vector<Finding> run() {
    for (const std::string& problem : model_.problems) {
      if (problem.find("\" is not known here") != std::string::npos)
        continue;  // told by name below
      const Say said = say::not_understood(problem);
      findings_.push_back({said.kind, "error", "", 0, 0, "", said.zh, said.en, {}});
    }
    for (const Knowledge& knowledge : model_.knowledge) {
      if (knowledge.body) tables_in(*knowledge.body, of_knowledge(knowledge), nullptr);
    }
    for (std::size_t at = 0; at < model_.decisions.size(); ++at) decide(at);
    add(check_names(model_, options_));
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
      return a.severity < b.severity;  // error, note, warning; notes go last below
    });
    std::stable_partition(findings_.begin(), findings_.end(),
                          [](const Finding& finding) { return finding.severity != "note"; });
    return std::move(findings_);
  }

 private:
  void add(std::vector<Finding> more) {
    std::move(more.begin(), more.end(), std::back_inserter(findings_));
  }

  // Decisions it needs come first: what they give bounds what this one is asked.
  void decide(std::size_t at) {
    if (!done_.emplace(at, true).second) return;
    const Decision& decision = model_.decisions[at];
    for (const Requirement& required : decision.required) {
      if (required.kind == RequirementKind::decision && required.home == nullptr) {
        decide(required.index);
      }
    }
    if (decision.body) tables_in(*decision.body, of_decision(decision), &decision);
  }

  void tables_in(const Node& node, const GivenOf& given, const Decision* decision) {
    if (node.kind == NodeKind::table) {
      TableCheck table(*node.table, given, options_);
      add(table.run());
      if (decision != nullptr && decision->body.get() == &node) {
        for (std::size_t i = 0; i < node.table->outputs.size(); ++i) {
          gives_[decision->variable].emplace_back(node.table->outputs[i].name, table.gives()[i]);
        }
        single_[decision->variable] = node.table->info.hit_policy <= HitPolicy::first;
      }
      return;
    }
    for (const NodePtr& kid : node.kids) {
      if (kid) tables_in(*kid, given, nullptr);
    }
  }

  GivenOf of_knowledge(const Knowledge& knowledge) const {
    return [&knowledge](const Node& expression) {
      GivenValues given;
      for (std::size_t i = 0; i < knowledge.parameters.size(); ++i) {
        bool is = expression.kind == NodeKind::name && expression.text == knowledge.parameters[i];
        if (is && i < knowledge.types.size()) given.type = knowledge.types[i];
      }
      return given;
    };
  }

  GivenOf of_decision(const Decision& decision) const {
    return [this, &decision](const Node& expression) {
      const bool member = expression.kind == NodeKind::member;
      const Node& root = member ? *expression.kids[0] : expression;
      GivenValues given;
      if (root.kind != NodeKind::name) return given;
      for (const Requirement& required : decision.required) {
        if (required.home != nullptr) continue;
        if (required.kind == RequirementKind::input &&
            model_.inputs[required.index].name == root.text) {
          given.type = model_.inputs[required.index].type;
        }
        if (required.kind == RequirementKind::decision &&
            model_.decisions[required.index].variable == root.text) {
          given = given_by(model_.decisions[required.index], member ? expression.text : "");
        }
      }
      if (member && given.type) given.type = field_type(*given.type, expression.text);
      return given;
    };
  }

  GivenValues given_by(const Decision& decision, const std::string& member) const {
    GivenValues given;
    given.type = decision.type;
    given.decision = decision.name;
    const auto known = gives_.find(decision.variable);
    if (known == gives_.end() || !single_.at(decision.variable)) return given;
    for (const auto& [name, values] : known->second) {
      const bool it = member.empty() ? known->second.size() == 1 : name == member;
      if (it) given.values = values;
    }
    return given;
  }

  static TypePtr field_type(const Type& type, const std::string& name) {
    for (const auto& [field, of] : type.fields) {
      if (field == name) return of;
    }
    return nullptr;
  }

  const Definitions& model_;
  const CheckOptions& options_;
  std::vector<Finding> findings_;
  std::map<std::size_t, bool> done_;
  std::map<std::string, std::vector<std::pair<std::string, OutputValues>>> gives_;
  std::map<std::string, bool> single_;
};

}  // namespace

kernel::Result<std::vector<Finding>> check(const Model& model, const CheckOptions& options) {
  return ModelCheck(model.definitions(), options).run();
}

bool has_errors(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == "error"; });
}

}  // namespace decision
