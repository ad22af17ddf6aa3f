#include "sample/account.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sample {
namespace {

// Accounts of ten thousand by statements missed: 0, 1 … 6, 7–9, 10–12, 13–18.
constexpr std::array<int, 10> missed_weights = {8400, 760, 228, 141, 106, 90, 79, 96, 56, 44};
constexpr int late_fee_percent = 5;  // of the least amount due, as the industry does

int make_missed(Chance& chance, int missed_before) {
  // Who is behind with one account is often behind with the other.
  if (missed_before > 0 && chance.happens(450)) return missed_before;
  const std::size_t level = chance.pick(missed_weights);
  if (level <= 6) return static_cast<int>(level);
  if (level == 7) return static_cast<int>(chance.between(7, 9));
  if (level == 8) return static_cast<int>(chance.between(10, 12));
  return static_cast<int>(chance.between(13, 18));
}

// Sixteen digits with a Luhn check digit; cards beginning with 90 are issued by nobody.
std::string make_account_no(std::int64_t account) {
  std::string number = fmt::format("90{:013}", account * 7'919 % 10'000'000'000'000);
  int sum = 0;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const int digit = number[number.size() - 1 - i] - '0';
    sum += i % 2 == 0 ? digit * 2 / 10 + digit * 2 % 10 : digit;
  }
  return number + static_cast<char>('0' + (10 - sum % 10) % 10);
}

// The due day of this account that came last, on or before `day`.
kernel::Date last_due(kernel::Date day, int due_day) {
  const kernel::Date month = day.plus_days(1 - day.day());
  const kernel::Date due = month.plus_days(due_day - 1);
  return due <= day ? due : month.plus_months(-1).plus_days(due_day - 1);
}

std::int64_t to_hundred_yuan(std::int64_t fen) {
  return fen / 10'000 * 10'000;
}

// A card: part of the limit is used, the least amount due is a tenth of it.
void owe_card(Chance& chance, MadeUpAccount& a) {
  static constexpr std::array<int, 5> used = {18, 30, 24, 16, 12};
  const auto band = static_cast<std::int64_t>(chance.pick(used));
  std::int64_t permille = band * 200 + chance.below(200);
  if (a.missed > 0) permille = std::min<std::int64_t>(1050, 400 + permille * 65 / 100);
  a.principal_fen =
      a.credit_limit_fen / 1000 * permille + (permille > 0 ? chance.below(10'000) : 0);
  a.min_due_fen = std::min(a.principal_fen, std::max<std::int64_t>(a.principal_fen / 10, 10'000));
  if (a.missed > 0) {
    a.overdue_fen = std::min(a.principal_fen, a.min_due_fen * a.missed);
    if (a.missed >= 4) a.overdue_fen = a.principal_fen;  // called due as a whole
  }
}

// A schedule of equal parts; those due and not missed are paid.
void owe_instalments(Chance& chance, MadeUpAccount& a, kernel::Date last) {
  static constexpr std::array<int, 4> periods = {6, 12, 18, 24};
  static constexpr std::array<int, 4> weights = {40, 44, 8, 8};
  const int count = periods[chance.pick(weights)];
  const int due = static_cast<int>(
      chance.between(std::min(a.missed, count), a.missed > count ? count : count - 1));
  const std::int64_t lent = std::max<std::int64_t>(
      to_hundred_yuan(a.credit_limit_fen * chance.between(30, 95) / 100), 60'000);
  const std::int64_t fee = a.product == "card_instalment" ? lent * 6 / 1000 : 0;
  const auto parts = kernel::Money::from_fen(lent).split(
      std::vector<std::int64_t>(static_cast<std::size_t>(count), 1));
  for (int period = 1; period <= count; ++period) {
    Instalment part{period, last.plus_months(period - due), 0, fee, 0};
    part.principal_fen = parts[static_cast<std::size_t>(period - 1)].fen();
    const bool paid = period <= due - a.missed;
    if (paid) part.paid_fen = part.principal_fen + fee;
    if (!paid) a.principal_fen += part.principal_fen;
    if (!paid && period <= due) {
      a.overdue_fen += part.principal_fen + fee;
      a.instalment_fee_fen += fee;
    }
    if (period == due + 1) a.min_due_fen = part.principal_fen + fee;
    a.instalments.push_back(part);
  }
  a.min_due_fen += a.overdue_fen;
  a.missed = std::min(a.missed, due);
}

void owe_charges(Chance& chance, MadeUpAccount& a, kernel::Date as_of) {
  if (a.missed == 0 || a.overdue_fen == 0) return;
  const std::int64_t days = as_of - a.oldest_due_date + 20;
  // Simple interest, whole fen, never above what is owed.
  a.interest_fen =
      std::min(a.principal_fen / 2, a.principal_fen * days * a.daily_rate_ppm / 1'000'000);
  const std::int64_t each =
      std::clamp<std::int64_t>(a.overdue_fen / a.missed * late_fee_percent / 100, 1'000, 50'000);
  a.late_fee_fen = each * std::min(a.missed, 12);
  if (a.missed >= 6 && chance.happens(250)) a.cost_fen = chance.between(200, 900) * 100;
  if (a.missed >= 13 && chance.happens(400)) a.status = "charged_off";
}

// Who is in order has paid; the further behind, the rarer and the smaller the part.
void pay(Chance& chance, MadeUpAccount& a, kernel::Date as_of) {
  static constexpr std::array<int, 8> paying = {780, 330, 210, 140, 100, 80, 60, 30};
  if (!chance.happens(paying[static_cast<std::size_t>(std::min(a.missed, 7))])) return;
  const std::int64_t asked = std::max<std::int64_t>(a.min_due_fen, 10'000);
  const std::int64_t percent = a.missed == 0 ? chance.between(100, 400) : chance.between(10, 80);
  a.paid_fen = std::max<std::int64_t>(asked * percent / 100, 100);
  a.paid_on = as_of.plus_days(-static_cast<std::int32_t>(chance.below(30)));
  if (a.paid_on < a.opened_on) a.paid_on = a.opened_on;
}

}  // namespace

MadeUpAccount make_account(Chance& chance, std::int64_t account, kernel::Date as_of,
                           int missed_before) {
  static constexpr std::array<int, 3> products = {68, 16, 16};
  static constexpr std::array<const char*, 3> words = {"card", "card_instalment", "online_loan"};
  MadeUpAccount a;
  a.account_no = make_account_no(account);
  const std::size_t product = chance.pick(products);
  a.product = words[product];
  a.status = "open";
  const std::int64_t median_yuan = product == 2 ? 12'000 : 28'000;
  a.credit_limit_fen = std::max<std::int64_t>(
      to_hundred_yuan(median_yuan * chance.log_normal_permille() / 10), 100'000);
  a.daily_rate_ppm = product == 2 ? chance.between(300, 650) : 500;
  a.billing_day = static_cast<int>(chance.between(1, 28));
  a.missed = make_missed(chance, missed_before);
  a.opened_on = as_of.plus_days(-static_cast<std::int32_t>(chance.between(780, 3650)));

  const int due_day = (a.billing_day + 19) % 28 + 1;  // twenty days after the statement
  const kernel::Date last = last_due(as_of, due_day);
  if (product == 0) {
    owe_card(chance, a);
  } else {
    owe_instalments(chance, a, last);
  }
  a.overdue = a.missed > 0 && a.overdue_fen > 0;
  if (!a.overdue) a.missed = 0;
  if (a.overdue) a.oldest_due_date = last.plus_months(1 - a.missed);
  a.next_due_date = last.plus_months(1);
  owe_charges(chance, a, as_of);
  pay(chance, a, as_of);
  return a;
}

}  // namespace sample
