# A client's file, good lines and bad.

Story: Each bad line is told precisely, every good line is in
  When the file accounts.csv is imported as of 2026-11-20
    | customer_no | account_no | product | opened_on  | credit_limit_fen | daily_rate_ppm | billing_day | status |
    | C1          | A1         | card    | 2020-01-01 | 1000000          | 500            | 5           | open   |
    | C1          | A2         | card    | 2020-02-30 | 1000000          | 500            | 5           | open   |
    | C1          | A3         | card    | 2020-01-01 | 10,00            | 500            | 5           | open   |
    | C9          | A4         | card    | 2020-01-01 | 1000000          | 500            | 5           | open   |
    | C1          | A1         | card    | 2020-01-01 | 1000000          | 500            | 5           | open   |
  Then 1 lines of accounts are in
  And line 3 is refused for opened_on
  And line 4 is refused for credit_limit_fen
  And line 5 is refused for customer_no
  And line 6 is refused for account_no

Story: The same file twice changes nothing
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
  When the same portfolio is imported again
  Then nothing has changed
