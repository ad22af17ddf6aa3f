# Two versions of a table, some persons each. What the arms are called and what the numbers mean:
# docs/experiments.md.

story: a challenger decides for its half of the persons, from its day until it is stopped
  given the files show 2026-11-20
  and 60 customers are 10 days late with 3,000.00 yuan
  when the night of 2026-11-20 runs
  and it is 2026-11-20 10:00
  and the analyst drafts treatment.dmn with all "instalment_offer_call" in place of "hardship_ask_call" for trial
  and the analyst asks for experiment offer-early from 2026-11-21
  then the answer is 400
  when the analyst simulates it
  and the analyst sends it to review
  and analyst2 releases it for trial
  and the analyst asks for experiment offer-early from 2026-11-21
  then the answer is 200
  when the analyst approves the experiment
  then the answer is 403
  when analyst2 approves the experiment
  then the answer is 200
  and 30 of its 60 persons are the challenger's
  when the night of 2026-11-21 runs
  and it is 2026-11-21 10:00
  then each person is treated as its arm's table says
  and the verdict is not_enough
  and the night of 2026-11-21 replays everybody as it was
  when the night of 2026-11-21 runs
  then both runs of the night of 2026-11-21 gave the same bytes
  when the analyst stops the experiment
  then the answer is 200
  when the night of 2026-11-22 runs
  and it is 2026-11-22 10:00
  then nobody is treated by the challenger

story: who has a complaint takes no part, and who complains later stays where it was
  given the files show 2026-11-20
  and 60 customers are 10 days late with 3,000.00 yuan
  when the night of 2026-11-20 runs
  and it is 2026-11-20 10:00
  and the collector of C7 puts C7 on hold for complaint
  and the analyst drafts treatment.dmn with all "instalment_offer_call" in place of "hardship_ask_call" for trial
  and the analyst simulates it
  and the analyst sends it to review
  and analyst2 releases it for trial
  and the analyst asks for experiment offer-early from 2026-11-21
  and analyst2 approves the experiment
  then C7 takes no part for a complaint
  when the night of 2026-11-21 runs
  and it is 2026-11-21 10:00
  and the collector of C8 puts C8 on hold for complaint
  and the night of 2026-11-22 runs
  and it is 2026-11-22 10:00
  then 59 persons are counted, 1 of them held later

story: what may be offered, and who may grant it
  given the files show 2026-11-20
  and customer C1 is 40 days late with 1,200.00 yuan
  and the account
    account_no | customer_no | balance   | overdue | late_fee | days_overdue
    C1-B       | C1          | 80,000.00 | 900.00  | 100.00   | 40
  when the night of 2026-11-20 runs
  and it is 2026-11-20 10:00
  then C1-A may not be offered late_fee_waiver
  and C1-B may be offered late_fee_waiver, which the collector of C1 may grant
  and C1-B may not be offered principal_discount
  when the collector of C1 puts C1 on hold for hardship
  then C1-B may be offered instalment_plan up to 60, which the head must grant
  and C1-B may be offered deferral up to 90, which the head must grant
  when the collector of C1 puts C1 on hold for dispute
  then C1-B may not be offered late_fee_waiver
  and C1-B may not be offered instalment_plan
