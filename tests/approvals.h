#pragma once
// Who may approve in tests: a made-up staff, and the shipped table or one of the test's own. Only
// tests include this.

#include "approval/types.h"
#include "tests/stores.h"

namespace tests {

inline approval::Model approval_table(const std::string& path = "decisions/approval.dmn") {
  auto model = decision::Model::load(path);
  CHECK_MSG(static_cast<bool>(model), model ? "" : model.error().message.c_str());
  return std::make_shared<const decision::Model>(std::move(*model));
}

inline std::vector<approval::Person> approval_staff() {
  using http::Role;
  return {{"li.na", "李娜", Role::collector},  {"wang.wei", "王伟", Role::collector},
          {"zhao.min", "赵敏", Role::lead},    {"qian.er", "钱二", Role::lead},
          {"hu.bo", "胡波", Role::compliance}, {"sun.li", "孙丽", Role::compliance},
          {"guo.jing", "郭靖", Role::admin},   {"chen.yu", "陈宇", Role::auditor},
          {"zhou.tao", "周涛", Role::analyst}};
}

inline approval::Setup approval_setup(std::vector<approval::Effect> effects,
                                      approval::Model table = approval_table()) {
  return {.table = [table = std::move(table)](store::Transaction&, kernel::Date)
              -> kernel::Result<approval::Model> { return table; },
          .staff = [](store::Transaction&) { return approval_staff(); },
          .effects = std::move(effects)};
}

}  // namespace tests
