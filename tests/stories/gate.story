# What the gate answers. Codes are those of decisions/packs/cn-bank-card.dmn.

story: three calls a day to one person, whichever account, number or customer number
  given the files show 2026-11-18
  and customers
    customer_no | citizen_id
    C1          | 110101199003070011
    C2          | 110101199003070011
  and accounts
    account_no | customer_no | days_overdue | overdue
    C1-A       | C1          | 40           | 900.00
    C1-B       | C1          | 12           | 300.00
    C2-A       | C2          | 30           | 400.00
  and contacts
    customer_no | value
    C1          | 13800000001
    C2          | 13800000002
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 asks to call C1:1
  then it is granted
  when it ends with connected_right_party
  and the collector of C2 asks to call C2:1
  then it is granted
  when it ends with connected_right_party
  and the collector of C1 only wonders whether to call C1:1
  then 1 contact is left today
  when it is 2026-11-18 15:00
  and the collector of C1 asks to call C1:1
  then it is granted
  when it ends with connected_right_party
  and it is 2026-11-18 18:00
  and the collector of C2 asks to call C2:1
  then it is refused with CN_CALLS_3
  and it would be allowed at 2026-11-19 08:00
  and 0 contacts are left today
  when it is 2026-11-19 08:00
  and the collector of C2 asks to call C2:1
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

story: a dispute stops collecting at once, for every number the person has, until a lead lifts it
  given the files show 2026-11-18
  and customers
    customer_no | citizen_id
    C1          | 110101199003070011
    C2          | 110101199003070011
  and accounts
    account_no | customer_no | days_overdue | overdue
    C1-A       | C1          | 40           | 900.00
    C2-A       | C2          | 30           | 400.00
  and contacts
    customer_no | value
    C1          | 13800000001
    C2          | 13800000002
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 puts C1 on hold for dispute
  and the collector of C2 asks to call C2:1
  then it is refused with CN_DISPUTE
  and nobody can say when it would be allowed
  when the collector of C1 tries to lift it
  then the answer is 403
  when the manager lifts it
  then the answer is 200
  when the collector of C2 asks to call C2:1
  then it is granted

story: a third person never hears of the debt, and is asked only when the debtor is lost
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and contacts
    customer_no | contact_no | role           | relation | value
    C1          | 2          | contact_person | 同事     | 13900001111
  and past contacts
    customer_no | contacted_at              | outcome
    C1          | 2026-11-14T10:00:00+08:00 | no_answer
    C1          | 2026-11-15T15:00:00+08:00 | no_answer
    C1          | 2026-11-16T19:00:00+08:00 | no_answer
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 asks to call C1:2 to collect
  then it is refused with CN_THIRD_PARTY, CN_DISCLOSURE, CN_THIRD_PARTY_PURPOSE
  when the collector of C1 asks to call C1:2 to relay without a word of the debt
  then it is refused with CN_THIRD_PARTY and no other
  when the collector of C1 puts C1 on hold for lost
  and the collector of C1 asks to call C1:2 to relay
  then it is refused with CN_DISCLOSURE and no other
  when the collector of C1 asks to call C1:2 to relay without a word of the debt
  then it is granted

story: a person is not lost because somebody says so
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and contacts
    customer_no | contact_no | role           | relation | value
    C1          | 2          | contact_person | 同事     | 13900001111
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 puts C1 on hold for lost
  and the collector of C1 asks to call C1:2 to relay without a word of the debt
  then it is refused with CN_LOST_EVIDENCE and no other

story: a collector without this year's certificate calls nobody
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and newcomer starts today as a collector
  and it is 2026-11-18 10:00
  when the manager gives C1 to newcomer
  and newcomer asks to call C1:1
  then it is refused with CN_CERTIFICATION

story: asking twice with one key is asking once
  given the files show 2026-11-18
  and customer C1 is 40 days late with 1,200.00 yuan
  and the night of 2026-11-18 runs
  and it is 2026-11-18 10:00
  when the collector of C1 asks to call C1:1 with key k1
  then it is granted
  when the collector of C1 asks to call C1:1 with key k1
  then it is granted
  when the collector of C1 only wonders whether to call C1:1
  then 2 contacts are left today
