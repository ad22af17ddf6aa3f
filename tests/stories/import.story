# A client's files, good lines and bad.

story: each bad line is told precisely, and every good line is in
  given the files show 2026-11-20
  when the file customers.csv is imported
    customer_no | name   | citizen_id         | region_code | address | birth_date | language
    C1          | 张三丰 | 110101199003070011 | 110101      |         |            |
  then 1 line is accepted
  when the file accounts.csv is imported
    account_no | customer_no | product | opened_on  | credit_limit_fen | daily_rate_ppm | billing_day | status
    A1         | C1          | card    | 2020-01-01 | 1000000          | 500            | 5           | open
    A2         | C1          | card    | 2020-02-30 | 1000000          | 500            | 5           | open
    A3         | C1          | card    | 2020-01-01 | 10,00            | 500            | 5           | open
    A4         | C9          | card    | 2020-01-01 | 1000000          | 500            | 5           | open
    A1         | C1          | card    | 2020-01-01 | 1000000          | 500            | 5           | open
  then 1 line is accepted
  and line 3 is rejected for opened_on
  and line 4 is rejected for credit_limit_fen
  and line 5 is rejected for customer_no
  and line 6 is rejected for account_no

story: the same files twice change nothing
  given the files show 2026-11-20
  and customer C1 is 40 days late with 900.00 yuan
  when the files are imported
  then 0 lines are unchanged
  when the same files are imported again
  then 0 lines are accepted
