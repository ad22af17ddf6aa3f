#pragma once
// decisions/experiment.dmn: the numbers and judgements of the room. C++ works out differences and
// chances; what they mean is rows.

#include <string>
#include <string_view>

#include "decision/decision.h"
#include "kernel/result.h"

namespace experiment {

struct Said {
  std::string word, advice;
  int row = 0;
  std::string rule_id, annotation;
};

class Rules {
 public:
  static kernel::Result<Rules> read(decision::Model model);
  double alpha() const { return alpha_; }
  double guard_alpha() const { return guard_alpha_; }
  double contact_margin() const { return contact_margin_; }  // contacts a person
  std::int64_t contact_cap() const { return contact_cap_; }
  const std::string& version() const { return model_.version(); }

  // ok | warn | bad
  kernel::Result<Said> check_state(std::string_view check, double value) const;
  kernel::Result<Said> verdict(std::string_view checks, bool guard_breached, std::int64_t followed,
                               double lower, double upper, std::int64_t margin_bps) const;

 private:
  explicit Rules(decision::Model model) : model_(std::move(model)) {}
  decision::Model model_;
  double alpha_ = 0, guard_alpha_ = 0, contact_margin_ = 0;
  std::int64_t contact_cap_ = 0;
};

}  // namespace experiment
