#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string_view>

#include "sample/account.h"
#include "sample/files.h"
#include "sample/person.h"
#include "sample/types.h"

namespace sample {
namespace {

constexpr std::array<std::string_view, 5> relations = {"配偶", "父母", "兄弟姐妹", "同事", "朋友"};
constexpr std::array<std::string_view, 6> pay_channels = {
    "mobile_bank", "direct_debit", "counter", "atm", "qr_code", "transfer"};
constexpr std::array<std::string_view, 6> outcomes = {
    "no_answer", "connected_right_party", "promise", "busy", "wrong_number", "refused"};

std::string day_or_nothing(bool there, kernel::Date day) {
  return there ? day.format() : "";
}

class Maker {
 public:
  Maker(const SampleOptions& options, Files files)
      : options_(options), files_(std::move(files)), customer_count_(0) {}

  kernel::Status run() {
    for (std::int64_t made = 0; made < options_.accounts;) {
      made += customer(made);
      files_.flush();
      if (options_.progress && customer_count_ % 20'000 == 0) show(made);
    }
    if (options_.progress) fmt::print(stderr, "\r\x1b[K");
    TRY(files_.close());
    return mapping();
  }

 private:
  template <class... Args>
  void line(File file, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(files_.text(file)), format, std::forward<Args>(args)...);
  }

  void show(std::int64_t made) const {
    fmt::print(stderr, "\r\x1b[K{:3}% of {} accounts", made * 100 / options_.accounts,
               options_.accounts);
    std::fflush(stderr);
  }

  // Everything of one customer hangs on (seed, number) alone.
  MadeUpPerson person_of(std::int64_t number) const {
    Chance chance(options_.seed, static_cast<std::uint64_t>(number) * 4 + 1);
    MadeUpPerson person = make_person(chance, options_.as_of);
    // One of two hundred has a second customer number: the same person as the one before.
    if (number % 200 == 0) {
      const MadeUpPerson twin = person_of(number - 1);
      person.name = twin.name;
      person.citizen_id = twin.citizen_id;
      person.birth_date = twin.birth_date;
    }
    return person;
  }

  std::int64_t customer(std::int64_t first_account) {
    const std::int64_t number = ++customer_count_;
    const std::string customer_no = fmt::format("C{:08}", number);
    const MadeUpPerson person = person_of(number);
    Chance chance(options_.seed, static_cast<std::uint64_t>(number) * 4 + 2);
    line(customers, "{},{},{},{:06},{},{},{}\n", customer_no, person.name, person.citizen_id,
         person.region_code, person.address, person.birth_date.format(),
         chance.happens(8) ? "en" : "zh-CN");

    static constexpr std::array<int, 3> counts = {910, 80, 10};
    const std::int64_t count = std::min<std::int64_t>(
        static_cast<std::int64_t>(chance.pick(counts)) + 1, options_.accounts - first_account);
    int missed = -1, worst = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const MadeUpAccount a = make_account(chance, first_account + i + 1, options_.as_of, missed);
      missed = a.missed;
      worst = std::max(worst, a.missed);
      account(chance, customer_no, a);
    }
    contact_points(chance, customer_no, person, number, worst);
    return count;
  }

  void account(Chance& chance, const std::string& customer_no, const MadeUpAccount& a) {
    line(accounts, "{},{},{},{},{},{},{},{}\n", a.account_no, customer_no, a.product,
         a.opened_on.format(), a.credit_limit_fen, a.daily_rate_ppm, a.billing_day, a.status);
    line(balances, "{},{},{},{},{},{},{},{},{},{},{}\n", a.account_no, options_.as_of.format(),
         a.principal_fen, a.interest_fen, a.late_fee_fen, a.instalment_fee_fen, a.cost_fen,
         a.overdue_fen, a.min_due_fen, day_or_nothing(a.overdue, a.oldest_due_date),
         a.next_due_date.format());
    for (const Instalment& part : a.instalments) {
      line(instalments, "{},{},{},{},{},{}\n", a.account_no, part.period, part.due_date.format(),
           part.principal_fen, part.fee_fen, part.paid_fen);
    }
    if (a.paid_fen > 0) {
      line(payments, "P{},{},{},{},{}\n", a.account_no, a.account_no, a.paid_on.format(),
           a.paid_fen, pay_channels[static_cast<std::size_t>(chance.below(6))]);
    }
    if (a.product == "online_loan" && chance.happens(120)) {
      const MadeUpPerson guarantor = make_person(chance, options_.as_of);
      line(guarantors, "{},1,{},{},{}\n", a.account_no, guarantor.name, guarantor.citizen_id,
           guarantor.mobile);
      line(contacts, "{},G{},guarantor,{},mobile,{},{},1,application,{}\n", customer_no,
           a.account_no.substr(11), relations[static_cast<std::size_t>(chance.below(5))],
           guarantor.mobile, guarantor.name, chance.happens(900) ? 1 : 0);
    }
  }

  void contact_points(Chance& chance, const std::string& customer_no, const MadeUpPerson& person,
                      std::int64_t number, int worst) {
    // The longer unpaid, the more numbers are dead.
    const bool valid = !chance.happens(std::min(20 + worst * 40, 350));
    line(contacts, "{},1,self,,mobile,{},{},{},application,{}\n", customer_no, person.mobile,
         person.name, valid ? 1 : 0, chance.happens(960) ? 1 : 0);
    if (chance.happens(850)) {
      // One of fifty names a number that is another customer's own.
      const bool shared = number > 1 && chance.happens(20);
      const MadeUpPerson other = shared ? person_of(number - 1) : MadeUpPerson{};
      line(contacts, "{},2,contact_person,{},mobile,{},{},1,application,{}\n", customer_no,
           relations[static_cast<std::size_t>(chance.below(5))],
           shared ? other.mobile : make_mobile(chance), shared ? other.name : make_name(chance),
           chance.happens(700) ? 1 : 0);
    }
    if (chance.happens(350)) {
      line(contacts, "{},3,self,,email,c{:08}@example.com,{},1,application,1\n", customer_no,
           number, person.name);
    }
    if (chance.happens(150)) {
      line(contacts, "{},4,self,,address,{},{},1,statement,1\n", customer_no, person.address,
           person.name);
    }
    if (worst > 0 && chance.happens(550)) calls(chance, customer_no);
  }

  // Calls of the system before this one, in the thirty days before as_of and within the hours.
  void calls(Chance& chance, const std::string& customer_no) {
    static constexpr std::array<int, 6> weights = {46, 24, 10, 9, 5, 6};
    const std::int64_t count = chance.between(1, 4);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t day = 29 - i * 7 - chance.below(7);
      const auto at =
          kernel::Instant::china(options_.as_of.plus_days(-static_cast<std::int32_t>(day)),
                                 static_cast<int>(chance.between(8 * 60 + 30, 20 * 60 + 30)));
      line(past_contacts, "{},1,{},{},{},former_system\n", customer_no, at.format(),
           chance.happens(750) ? "call" : "sms", outcomes[chance.pick(weights)]);
    }
  }

  // The files are canonical already: every field stands in the column of its name.
  kernel::Status mapping() const {
    std::string text = fmt::format(
        "# The mapping of this sample: canonical files, so that no field needs an expression.\n"
        "# docs/import.md teaches mappings for any other export.\n\n"
        "[source]\nencoding = \"utf-8\"\nas_of = \"{}\"\n",
        options_.as_of.format());
    for (const std::string_view name : file_names) {
      const bool full = name == "accounts" || name == "balances";
      text += fmt::format(
          "\n[[file]]\nmatch = \"{}*.csv*\"\n[[file.record]]\nkind = \"{}\"\ncontent = \"{}\"\n",
          name, name, full ? "full" : "delta");
    }
    const auto path = options_.out_dir / "mapping.toml";
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (out) return kernel::Ok{};
    return kernel::Error{kernel::Code::unavailable, "cannot write the sample", path.string()};
  }

  const SampleOptions& options_;
  Files files_;
  std::int64_t customer_count_;
};

}  // namespace

kernel::Status make_sample(const SampleOptions& options) {
  if (options.accounts < 1) {
    return kernel::Error{kernel::Code::invalid_input, "a sample has at least one account", ""};
  }
  TRY_ASSIGN(Files files, Files::create(options.out_dir));
  return Maker(options, std::move(files)).run();
}

}  // namespace sample
