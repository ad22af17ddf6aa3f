# What the gate answers. Codes are those of decisions/packs/cn-bank-card.dmn.

story: three calls a day to one person, whichever account they are about
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and accounts
    account_no | customer_no | days_overdue | overdue
    C1-B       | C1          | 12           | 300.00
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 asks to call C1:1
  then it is granted
  when it ends with connected_right_party
  and the collector of C1 asks to call C1:1
  then it is granted
  when it ends with connected_right_party
  and it is 2026-11-18 15:00
  and the collector of C1 asks to call C1:1
  then it is granted
  when it ends with connected_right_party
  and it is 2026-11-18 18:00
  and the collector of C1 asks to call C1:1
  then it is refused with CN_CALLS_3
  and it would be allowed at 2026-11-19 08:00
  and 0 contacts are left today
  when it is 2026-11-19 08:00
  and the collector of C1 asks to call C1:1
  then it is granted

story: nobody is called before eight or from nine in the evening
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  when it is 2026-11-18 07:59
  and the collector of C1 only wonders whether to call C1:1
  then it is refused with CN_HOURS
  and it would be allowed at 2026-11-18 08:00
  when it is 2026-11-18 21:00
  and the collector of C1 only wonders whether to call C1:1
  then it is refused with CN_HOURS
  and it would be allowed at 2026-11-19 08:00
  when it is 2026-11-18 20:58
  and the collector of C1 only wonders whether to call C1:1
  then it is allowed

story: a dispute stops collecting until a lead lifts it
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 puts C1 on hold for dispute
  and the collector of C1 asks to call C1:1
  then it is refused with CN_DISPUTE
  and nobody can say when it would be allowed
  when the collector of C1 tries to lift it
  then the answer is 403
  when the lead lifts it
  then the answer is 200
  when the collector of C1 asks to call C1:1
  then it is granted

story: a third person never hears of the debt
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and contacts
    customer_no | contact_no | role           | relation | value
    C1          | 2          | contact_person | 同事     | 13900001111
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 asks to call C1:2 to collect
  then it is refused with CN_DISCLOSURE, CN_THIRD_PARTY_PURPOSE

story: what is granted once is spent once
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 asks to call C1:1
  then it is granted
  when it ends with no_answer
  and it is 2026-11-18 10:30
  and the collector of C1 asks to call C1:1
  then it is granted
