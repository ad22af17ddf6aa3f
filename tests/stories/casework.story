# What a collector sees and does.

story: a case is its collector's alone, and shows no personal data
  given the files show 2026-11-18
  and the customer
    customer_no | name   | address
    C1          | 欧阳娜娜 | 广东省广州市天河区虚构路99号
  and the account
    account_no | customer_no | days_overdue | overdue
    C1-A       | C1          | 40           | 1,200.00
  and the contact
    customer_no | value
    C1          | 13812341234
  and customer C2 is 35 days late with 900.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 opens C1
  then the answer is 200
  and it shows 138****1234
  and it never shows 13812341234
  and it never shows 欧阳娜娜
  and it never shows 虚构路99号
  when somebody else than the collector of C1 opens C1
  then the answer is 404

story: a promise is kept when the money comes, and broken when it does not
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and customer C2 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 notes a promise of 500.00 yuan on C1-A due 2026-11-19
  then the answer is 200
  when the collector of C2 notes a promise of 500.00 yuan on C2-A due 2026-11-19
  then the promise on C1-A is open
  when the files show 2026-11-19
  and the payment comes in
    account_no | paid_on    | amount
    C1-A       | 2026-11-19 | 500.00
  and the night of 2026-11-19 runs
  and the night of 2026-11-20 runs
  and the night of 2026-11-21 runs
  and it is 2026-11-21 10:00
  then the promise on C1-A is kept
  and the promise on C2-A is broken

story: why this treatment, down to the row of the table
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  then C1-A is in bucket M2, 40 days past due
  and C1-A's treatment comes from row any of treatment.dmn

story: a collector asks to have a hold lifted, and a lead approves
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 puts C1 on hold for dispute
  and the collector of C1 tries to lift it
  then the answer is 403
  when the collector of C1 asks to have it lifted
  then the answer is 200
  and 1 approval waits for the lead
  and 0 approvals wait for the collector of C1
  when the collector of C1 approves what was asked
  then the answer is 403
  when the lead refuses what was asked
  then the answer is 200
  when the lead approves what was asked
  then the answer is 409
  and 0 approvals wait for the lead

story: what nobody approved in time is over, and may be asked again
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 puts C1 on hold for dispute
  and the collector of C1 asks to have it lifted
  then 1 approval waits for the lead
  when the collector of C1 takes back what was asked
  then the answer is 200
  and 0 approvals wait for the lead
  when the collector of C1 asks to have it lifted
  and it is 2026-11-20 10:30
  then 0 approvals wait for the lead
  when the collector of C1 asks to have it lifted
  then 1 approval waits for the lead
