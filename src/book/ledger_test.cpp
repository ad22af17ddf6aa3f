#include "book/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace book {
namespace {

using kernel::Date;
using kernel::Money;

Money fen(std::int64_t amount) {
  return Money::from_fen(amount);
}
std::int32_t day(const char* text) {
  return Date::parse(text)->days();
}

const PaymentOrder charges_first =
    *parse_payment_order("interest,late_fee,instalment_fee,cost,principal");
const PaymentOrder principal_first =
    *parse_payment_order("principal,interest,late_fee,instalment_fee,cost");

// Art 57 of 商业银行信用卡业务监督管理办法: to 90 days charges first, from 91 principal first.
const Orders art_57 = {nullptr, [](const void*, std::int32_t dpd) {
                         return dpd <= 90 ? charges_first : principal_first;
                       }};

const Terms card_terms = {.daily_rate_cap_ppm = 500,
                          .late_fee_bps = 500,
                          .late_fee_min_fen = fen(1'000),
                          .late_fee_max_fen = fen(50'000),
                          .grace_days = 3,
                          .cost_cap_annual_bps = 2'400};

Ledger card(std::int64_t principal_fen, const char* accrued_on) {
  Ledger ledger;
  ledger.principal_fen = fen(principal_fen);
  ledger.accrued_on = day(accrued_on);
  ledger.daily_rate_ppm = 500;
  return ledger;
}

TEST(Ledger, PaymentOrderNamesEachComponentOnce) {
  EXPECT_TRUE(parse_payment_order("cost, interest, late_fee, instalment_fee, principal"));
  EXPECT_FALSE(parse_payment_order("interest,principal"));
  EXPECT_FALSE(parse_payment_order("interest,interest,late_fee,cost,principal"));
  EXPECT_FALSE(parse_payment_order("interest,late_fee,instalment_fee,cost,principal,cost"));
}

TEST(Ledger, InterestIsOnPrincipalOnlyFromTheDayAfterAMissedDue) {
  Ledger ledger = card(1'000'000, "2026-11-01");
  ledger.interest_fen = fen(77'777);
  ledger.late_fee_fen = fen(50'000);
  std::vector<Due> dues = {{day("2026-11-05"), fen(50'000), fen(50'000)}};
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-11-05"));
  EXPECT_EQ(ledger.interest_fen, fen(77'777));
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-11-07"));
  EXPECT_EQ(ledger.interest_fen, fen(77'777 + 2 * 500));  // 0.05 % a day of 10,000.00
  EXPECT_EQ(decide_dpd(dues, day("2026-11-07")), 2);
}

TEST(Ledger, RateIsCapped) {
  Ledger ledger = card(1'000'000, "2026-11-06");
  ledger.daily_rate_ppm = 900;
  const std::vector<Due> dues = {{day("2026-11-05"), fen(50'000), fen(50'000)}};
  EXPECT_EQ(decide_interest(ledger, dues, card_terms, day("2026-11-07")), fen(500));
}

TEST(Ledger, LateFeeOncePerMissedDueAfterGraceWithinItsLimits) {
  Ledger ledger = card(1'000'000, "2026-11-05");
  std::vector<Due> dues = {{day("2026-11-05"), fen(50'000), fen(50'000)}};
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-11-08"));
  EXPECT_EQ(ledger.late_fee_fen, fen(0));
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-11-30"));
  EXPECT_EQ(ledger.late_fee_fen, fen(2'500));
  EXPECT_EQ(ledger.late_fee_periods, 1);
  EXPECT_EQ(decide_late_fee(fen(100), card_terms), fen(1'000));
  EXPECT_EQ(decide_late_fee(fen(5'000'000), card_terms), fen(50'000));
  EXPECT_EQ(decide_late_fee(fen(0), card_terms), fen(0));
}

TEST(Ledger, PaymentWithinGraceCostsNoLateFee) {
  Ledger ledger = card(1'000'000, "2026-11-05");
  std::vector<Due> dues = {{day("2026-11-05"), fen(50'000), fen(50'000)}};
  std::vector<Payment> payments = {{day("2026-11-08"), fen(50'000)}};
  carry_forward(ledger, dues, payments, card_terms, art_57, day("2026-11-30"));
  EXPECT_EQ(ledger.late_fee_fen, fen(0));
  EXPECT_EQ(ledger.interest_fen, fen(0));  // three days' interest, paid with the payment
  EXPECT_EQ(ledger.principal_fen, fen(1'000'000 - 50'000 + 3 * 500));
  EXPECT_TRUE(dues.empty());
}

TEST(Ledger, Article57SetsOffChargesFirstTo90DaysAndPrincipalFirstFrom91) {
  for (const bool late : {false, true}) {
    Ledger ledger = card(1'000'000, "2026-11-05");
    ledger.interest_fen = fen(3'000);
    ledger.late_fee_fen = fen(2'000);
    std::vector<Due> dues = {{day("2026-11-05"), fen(100'000), fen(100'000)}};
    apply_payment(ledger, dues, fen(4'000), day("2026-11-20"), art_57.at(late ? 91 : 90));
    EXPECT_EQ(ledger.principal_fen, fen(late ? 996'000 : 1'000'000));
    EXPECT_EQ(ledger.interest_fen, fen(late ? 3'000 : 0));
    EXPECT_EQ(ledger.late_fee_fen, fen(late ? 2'000 : 1'000));
  }
}

TEST(Ledger, PartialPaymentLowersTheOldestDue) {
  Ledger ledger = card(1'000'000, "2026-11-20");
  std::vector<Due> dues = {{day("2026-09-05"), fen(30'000), fen(30'000)},
                           {day("2026-10-05"), fen(30'000), fen(30'000)},
                           {day("2026-11-05"), fen(30'000), fen(30'000)}};
  EXPECT_EQ(decide_dpd(dues, day("2026-11-20")), 76);
  apply_payment(ledger, dues, fen(29'999), day("2026-11-20"), charges_first);
  EXPECT_EQ(decide_dpd(dues, day("2026-11-20")), 76);
  apply_payment(ledger, dues, fen(30'001), day("2026-11-20"), charges_first);
  EXPECT_EQ(decide_dpd(dues, day("2026-11-20")), 15);
}

TEST(Ledger, OverPaymentStandsAsNegativePrincipalAndNothingIsPastDue) {
  Ledger ledger = card(10'000, "2026-11-20");
  ledger.interest_fen = fen(500);
  std::vector<Due> dues = {{day("2026-11-05"), fen(3'000), fen(3'000)}};
  apply_payment(ledger, dues, fen(20'000), day("2026-11-20"), charges_first);
  EXPECT_EQ(ledger.principal_fen, fen(-9'500));
  EXPECT_EQ(ledger.balance_fen(), fen(-9'500));
  EXPECT_TRUE(dues.empty());
}

TEST(Ledger, DueStatedWithoutAmountStaysUntilAPaymentComes) {
  Ledger ledger = card(10'000, "2026-11-20");
  std::vector<Due> dues = {{day("2026-11-05"), fen(0), fen(0)}};
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-11-25"));
  EXPECT_EQ(decide_dpd(dues, day("2026-11-25")), 20);
  apply_payment(ledger, dues, fen(1), day("2026-11-25"), charges_first);
  EXPECT_EQ(decide_dpd(dues, day("2026-11-25")), 0);
}

TEST(Ledger, RevolvingDueComesRoundEachMonthNeverBeyondWhatIsOwed) {
  Ledger ledger = card(100'000, "2026-08-01");
  ledger.next_due_date = day("2026-08-20");
  ledger.min_due_fen = fen(40'000);
  std::vector<Due> dues = {{day("2026-08-20"), fen(40'000), fen(40'000)}};
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-12-01"));
  ASSERT_GE(dues.size(), 4U);
  EXPECT_EQ(dues[1].due_date, day("2026-09-20"));
  EXPECT_EQ(dues[1].unpaid_fen, fen(40'000));
  Money open;
  for (const Due& due : dues) open += due.unpaid_fen;
  EXPECT_LE(open, ledger.balance_fen());
  EXPECT_EQ(ledger.next_due_date, day("2026-12-20"));
}

TEST(Ledger, ScheduleBearsInterestOnMissedPrincipalAndOwesFeesFromTheirDueDate) {
  Ledger ledger = card(1'200'000, "2026-11-01");
  ledger.scheduled = true;
  std::vector<Due> dues = {{day("2026-11-05"), fen(106'000), fen(100'000), 3},
                           {day("2026-12-05"), fen(106'000), fen(100'000), 4}};
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-11-06"));
  EXPECT_EQ(ledger.instalment_fee_fen, fen(6'000));
  EXPECT_EQ(ledger.interest_fen, fen(50));  // on 1,000.00 missed, not on its 60.00 fee
}

TEST(Ledger, ClosedAndChargedOffBearNoCharges) {
  Ledger ledger = card(1'000'000, "2026-11-06");
  ledger.bears_charges = false;
  std::vector<Due> dues = {{day("2026-11-05"), fen(50'000), fen(50'000)}};
  carry_forward(ledger, dues, {}, card_terms, art_57, day("2026-12-06"));
  EXPECT_EQ(ledger.balance_fen(), fen(1'000'000));
}

TEST(Ledger, BackDatedPaymentTakesEffectOnTheFirstDayCarried) {
  Ledger ledger = card(1'000'000, "2026-11-20");
  std::vector<Due> dues = {{day("2026-11-05"), fen(50'000), fen(50'000)}};
  std::vector<Payment> payments = {{day("2026-11-10"), fen(50'000)}};
  carry_forward(ledger, dues, payments, card_terms, art_57, day("2026-11-21"));
  EXPECT_TRUE(payments.front().applied);
  EXPECT_EQ(ledger.last_payment_on, day("2026-11-10"));
  EXPECT_TRUE(dues.empty());
}

// ---- properties over random accounts -----------------------------------------------------------

struct Account {
  Ledger ledger;
  std::vector<Due> dues;
  std::vector<Payment> payments;
};

Account random_account(std::mt19937_64& random) {
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  Account account;
  account.ledger = card(pick(-5'000, 3'000'000), "2026-01-15");
  account.ledger.daily_rate_ppm = pick(0, 1'000);
  account.ledger.interest_fen = fen(pick(0, 20'000));
  account.ledger.late_fee_fen = fen(pick(0, 5'000));
  account.ledger.scheduled = pick(0, 3) == 0;
  account.ledger.min_due_fen = fen(pick(0, 100'000));
  std::int32_t due_date = account.ledger.accrued_on - static_cast<std::int32_t>(pick(0, 120));
  for (std::int64_t i = pick(0, 6); i > 0; --i) {
    const std::int64_t principal = pick(0, 50'000);
    const std::int64_t fee = account.ledger.scheduled ? pick(0, 3'000) : 0;
    account.dues.push_back({due_date, fen(principal + fee), fen(principal),
                            static_cast<std::int16_t>(account.ledger.scheduled ? 9 - i : 0)});
    due_date = Date::from_days(due_date).plus_months(1).days();
  }
  if (!account.ledger.scheduled) {
    while (due_date < account.ledger.accrued_on) due_date += 30;
    account.ledger.next_due_date = due_date;
  }
  for (std::int64_t i = pick(0, 4); i > 0; --i) {
    account.payments.push_back({account.ledger.accrued_on + static_cast<std::int32_t>(pick(1, 400)),
                                fen(pick(1, 90'000))});
  }
  std::sort(account.payments.begin(), account.payments.end(),
            [](const Payment& a, const Payment& b) { return a.paid_on < b.paid_on; });
  return account;
}

void expect_same(const Ledger& a, const Ledger& b) {
  EXPECT_EQ(a.principal_fen, b.principal_fen);
  EXPECT_EQ(a.interest_fen, b.interest_fen);
  EXPECT_EQ(a.late_fee_fen, b.late_fee_fen);
  EXPECT_EQ(a.instalment_fee_fen, b.instalment_fee_fen);
  EXPECT_EQ(a.late_fee_periods, b.late_fee_periods);
  EXPECT_EQ(a.next_due_date, b.next_due_date);
  EXPECT_EQ(a.cost_year_fen, b.cost_year_fen);
  EXPECT_EQ(a.last_payment_on, b.last_payment_on);
}

TEST(LedgerProperty, SplitDaysGiveWhatOneGoGives) {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 3'000; ++i) {
    Account once = random_account(random);
    Account split = once;
    const std::int32_t to = once.ledger.accrued_on + static_cast<std::int32_t>(random() % 400);
    carry_forward(once.ledger, once.dues, once.payments, card_terms, art_57, to);
    while (split.ledger.accrued_on < to) {
      const std::int32_t step =
          split.ledger.accrued_on + 1 + static_cast<std::int32_t>(random() % 20);
      carry_forward(split.ledger, split.dues, split.payments, card_terms, art_57,
                    std::min(step, to));
    }
    expect_same(once.ledger, split.ledger);
    ASSERT_EQ(once.dues.size(), split.dues.size());
    ASSERT_FALSE(HasFailure()) << "account " << i;
  }
}

TEST(LedgerProperty, ChargesStayWithinRateAndYearlyCapAndNeverTurnNegative) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000; ++i) {
    Account account = random_account(random);
    account.payments.clear();
    Money highest = std::max(account.ledger.principal_fen, Money());
    const Money before = account.ledger.interest_fen + account.ledger.late_fee_fen;
    const std::int32_t to = account.ledger.accrued_on + 364;
    carry_forward(account.ledger, account.dues, account.payments, card_terms, art_57, to);
    const Money charged = account.ledger.interest_fen + account.ledger.late_fee_fen - before;
    EXPECT_GE(charged, Money());
    EXPECT_LE(charged, highest.share(2'400, kernel::Rounding::half_up));
    EXPECT_EQ(charged, account.ledger.cost_year_fen);
    EXPECT_GE(account.ledger.interest_fen, Money());
    EXPECT_GE(account.ledger.instalment_fee_fen, Money());
    ASSERT_FALSE(HasFailure()) << "account " << i;
  }
}

TEST(LedgerProperty, NoInterestOnLateFeesOrInterest) {
  std::mt19937_64 random(9);
  Terms uncapped = card_terms;
  uncapped.cost_cap_annual_bps = 0;
  for (int i = 0; i < 2'000; ++i) {
    Account plain = random_account(random);
    plain.payments.clear();
    plain.ledger.min_due_fen = Money();  // or a larger balance would leave room for larger dues
    Account charged = plain;
    charged.ledger.late_fee_fen += fen(1'000'000);
    charged.ledger.interest_fen += fen(1'000'000);
    const std::int32_t to = plain.ledger.accrued_on + 60;
    carry_forward(plain.ledger, plain.dues, {}, uncapped, art_57, to);
    carry_forward(charged.ledger, charged.dues, {}, uncapped, art_57, to);
    EXPECT_EQ(charged.ledger.interest_fen - plain.ledger.interest_fen, fen(1'000'000));
    ASSERT_FALSE(HasFailure()) << "account " << i;
  }
}

TEST(LedgerProperty, EveryFenPaidIsSetOffOrStandsAsCredit) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 2'000; ++i) {
    Account account = random_account(random);
    account.ledger.scheduled = false;
    const Money before = account.ledger.balance_fen();
    const Money amount = fen(static_cast<std::int64_t>(random() % 200'000) + 1);
    apply_payment(account.ledger, account.dues, amount, account.ledger.accrued_on + 1,
                  i % 2 == 0 ? charges_first : principal_first);
    EXPECT_EQ(account.ledger.balance_fen(), before - amount);
    EXPECT_GE(account.ledger.interest_fen, Money());
    EXPECT_GE(account.ledger.late_fee_fen, Money());
    ASSERT_FALSE(HasFailure()) << "account " << i;
  }
}

}  // namespace
}  // namespace book
