# What a night does to an account.

story: interest by the day, and none on the late fee
  given the files show 2026-11-20
  and customer C1 is 5 days late with 1.00 yuan
  and the account
    account_no | customer_no | balance   | overdue | min_due | late_fee | days_overdue
    C1-B       | C1          | 10,000.00 | 500.00  | 500.00  | 100.00   | 10
  when the night of 2026-11-20 runs
  and the night of 2026-11-21 runs
  and the night of 2026-11-22 runs
  and it is 2026-11-22 10:00
  then C1-B owes 10.00 yuan of interest
  and C1-B owes 100.00 yuan of late_fee
  and C1-B owes 10,000.00 yuan of principal

story: a bucket changes on its day
  given the files show 2026-11-20
  and customer C1 is 30 days late with 900.00 yuan
  when the night of 2026-11-20 runs
  and it is 2026-11-20 10:00
  then C1-A is in bucket M1, 30 days past due
  when the night of 2026-11-21 runs
  and it is 2026-11-21 10:00
  then C1-A is in bucket M2, 31 days past due

story: up to ninety days a payment goes to interest first, after that to principal first
  given the files show 2026-11-20
  and customer C1 is 1 days late with 1.00 yuan
  and customer C2 is 1 days late with 1.00 yuan
  and accounts
    account_no | customer_no | balance  | interest | overdue | min_due | days_overdue
    C1-B       | C1          | 1,000.00 | 50.00    | 600.00  | 200.00  | 89
    C2-B       | C2          | 1,000.00 | 50.00    | 600.00  | 200.00  | 92
  when the night of 2026-11-20 runs
  and the files show 2026-11-21
  and payments come in
    account_no | paid_on    | amount
    C1-B       | 2026-11-21 | 30.00
    C2-B       | 2026-11-21 | 30.00
  and the night of 2026-11-21 runs
  and it is 2026-11-21 10:00
  then C1-B owes 1,000.00 yuan of principal
  and C2-B owes 970.00 yuan of principal

story: the same night twice gives the same bytes
  given the files show 2026-11-20
  and customer C1 is 40 days late with 900.00 yuan
  when the night of 2026-11-20 runs
  and the night of 2026-11-20 runs
  then both runs of the night of 2026-11-20 gave the same bytes
