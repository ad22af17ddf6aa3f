// The demo's staff, and what other rooms ask about people.

#include "people/keys.h"
#include "people/password.h"
#include "people/rows.h"
#include "people/users.h"

namespace people {

using kernel::Instant;
using kernel::Result;
using store::Transaction;

namespace {

using Words = std::vector<std::string>;

struct Desk {
  const char *user_name, *shown_name;
  http::Role role;
  const char* team;
  Words skills;
  int capacity;
};

// Enough people for the sample's first day of 20,000 accounts; names are made up.
std::vector<Desk> demo_desks() {
  const auto c = http::Role::collector;
  const Words early{"remind", "negotiate", "relief"}, late{"relief", "firm", "visit"};
  const Words middle{"negotiate", "relief", "firm", "trace"};
  return {
      {"admin", "管理员", http::Role::admin, "", {}, 0},
      {"analyst", "分析师 钱一", http::Role::analyst, "", {}, 0},
      {"analyst2", "分析师 施七", http::Role::analyst, "", {}, 0},
      {"compliance", "合规 何芸", http::Role::compliance, "", {}, 0},
      {"auditor", "审计 吕岩", http::Role::auditor, "", {}, 0},
      {"lead1", "早期组长 赵二", http::Role::lead, "early", {}, 0},
      {"lead2", "后期组长 孙三", http::Role::lead, "late", {}, 0},
      {"lead3", "中期组长 邓四", http::Role::lead, "middle", {}, 0},
      {"manager", "催收部负责人 郭平", http::Role::lead, "", {}, 0},
      {"early1", "李明", c, "early", early, 150},
      {"early2", "周静", c, "early", early, 150},
      {"early3", "吴磊", c, "early", early, 150},
      {"early4", "郑敏", c, "early", early, 150},
      {"middle1", "王芳", c, "middle", middle, 150},
      {"middle2", "冯强", c, "middle", middle, 150},
      {"middle3", "陈洁", c, "middle", middle, 150},
      {"late1", "褚伟", c, "late", late, 150},
      {"late2", "卫娜", c, "late", late, 150},
      {"care1", "蒋欣", c, "care", {"care"}, 150},
      {"agency1", "沈涛", c, "agency_desk", {"agency"}, 500},
      {"legal1", "韩雪", c, "legal_desk", {"legal"}, 500},
  };
}

User demo_user(const Desk& desk, Instant now) {
  return {.user_name = desk.user_name,
          .shown_name = desk.shown_name,
          .role = desk.role,
          .team = desk.team,
          .skills = desk.skills,
          .capacity = desk.capacity,
          .certified_until = now.china_date().plus_months(12),
          .background_checked = true,
          .confidentiality_signed = true,
          .recording_ready = true};
}

}  // namespace

Result<DemoStaff> make_demo_staff(store::Store& store, Instant now, HashCost cost) {
  DemoStaff staff;
  staff.password = generate_password();
  const std::string hash = hash_password(staff.password, cost);
  TRY_ASSIGN(staff.users, store.transact([&](Transaction& tx) -> Result<std::vector<User>> {
    std::vector<User> users;
    for (const Desk& desk : demo_desks()) {
      if (auto known = find_user(tx, desk.user_name)) {
        if (known->sign_in_by == SignInBy::password)
          replace_password(tx, *known, {.hash = hash}, "install", now);
        users.push_back(*known);
        continue;
      }
      TRY_ASSIGN(User made, save_new(tx, demo_user(desk, now), hash, "install", now));
      users.push_back(std::move(made));
    }
    return users;
  }));
  return staff;
}

std::vector<allocation::Collector> load_collectors(Transaction& tx, kernel::Date today) {
  std::vector<allocation::Collector> collectors;
  auto barred = allocation::load_barred(tx);
  for (User& user : load_users(tx)) {
    if (!is_employed(user, today) || user.team.empty() || user.capacity == 0) continue;
    const auto conflicts = barred.find(user.user_name);
    const bool certified = user.certified_until && *user.certified_until >= today;
    collectors.push_back({.user_name = std::move(user.user_name),
                          .team = std::move(user.team),
                          .skills = std::move(user.skills),
                          .regions = std::move(user.regions),
                          .capacity = user.capacity,
                          .certified = certified,
                          .barred = conflicts == barred.end() ? std::vector<std::string>()
                                                              : std::move(conflicts->second)});
  }
  return collectors;
}

gate::AskerFacts load_asker(Transaction& tx, std::string_view asker, kernel::Date today) {
  gate::AskerFacts facts;
  if (const auto holder = find_key_holder(tx, asker)) {
    if (!holder->active) return facts;
    facts.kind = holder->is_agency() ? "agency" : "machine";
    facts.licence_valid = licence_valid(*holder, today);
    facts.recording_ready = holder->recording_ready;
    return facts;
  }
  const auto user = find_user(tx, asker);
  if (!user || !is_employed(*user, today)) return facts;
  facts.kind = "user";
  facts.certified = user->certified_until && *user->certified_until >= today &&
                    user->background_checked && user->confidentiality_signed &&
                    (!user->background_until || *user->background_until >= today);
  facts.recording_ready = user->recording_ready;
  return facts;
}

}  // namespace people
