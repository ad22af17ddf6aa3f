# What a night does to an account.

Story: Interest by the day, a late fee once a missed statement, and no interest on the late fee
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | principal_yuan | overdue_yuan | min_due_yuan | late_fee_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 10000.00       | 500.00       | 500.00       | 100.00        | 2026-11-10      | 13800000001 |
  When the night of 2026-11-20 is run
  And the night of 2026-11-22 is run
  Then account A1 owes 10.00 of interest
  And account A1 owes 10000.00 of principal

Story: A bucket changes on its day and keeps its history
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-21      | 13800000001 |
  When the night of 2026-11-20 is run
  Then account A1 is 30 days past due in bucket M1
  When the night of 2026-11-21 is run
  Then account A1 is 31 days past due in bucket M2
  And the history of A1 has 2 changes of bucket

Story: Up to ninety days a payment goes to interest first, after that to principal first
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | principal_yuan | interest_yuan | overdue_yuan | min_due_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 1000.00        | 50.00         | 600.00       | 200.00       | 2026-08-22      | 13800000001 |
    | C2          | 110101199001010023 | A2         | 1000.00        | 50.00         | 600.00       | 200.00       | 2026-08-20      | 13800000002 |
  And payments
    | payment_no | account_no | paid_on    | amount_yuan |
    | P1         | A1         | 2026-11-20 | 30.00       |
    | P2         | A2         | 2026-11-20 | 30.00       |
  When the night of 2026-11-20 is run
  Then account A1 owes 1000.00 of principal
  And account A2 owes 970.00 of principal

Story: The same night twice gives the same bytes
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
  When the night of 2026-11-20 is run
  And the night of 2026-11-20 is run
  Then both runs of 2026-11-20 gave the same bytes

Story: A broken promise changes tomorrow's treatment
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 9000.00      | 2026-10-11      | 13800000001 |
  And it is 2026-11-19 10:00
  When C1 promises 9000.00 on A1 by 2026-11-20
  And the night of 2026-11-20 is run
  Then account A1 has a promise that is open
  When the night of 2026-11-25 is run
  Then account A1 has a promise that is broken
