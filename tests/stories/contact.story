# The gate, as a collector meets it. Sources: docs/gate.md; each refusal carries its own citation.

Story: Three contacts a day, whichever account, number or customer number
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
    | C2          | 110101199003070011 | A2         | 400.00       | 2026-10-21      | 13800000002 |
  And it is 2026-11-20 10:00
  When wang asks to call C1
  Then it is granted
  And the call ends as connected_right_party
  When wang asks to call C2
  Then it is granted
  And the call ends as connected_right_party
  And 1 contacts are left today for C1
  When wang asks to call C1
  Then it is granted
  And the call ends as connected_right_party
  When wang asks to call C2
  Then it is refused by CN_CALLS_3
  And it is allowed again at 2026-11-21 08:00

Story: Nobody is called before eight or after nine in the evening
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
  And it is 2026-11-20 07:59
  When wang asks to call C1
  Then it is refused by CN_HOURS
  And it is allowed again at 2026-11-20 08:00
  Given it is 2026-11-20 21:00
  When wang asks to call C1
  Then it is refused by CN_HOURS
  And it is allowed again at 2026-11-21 08:00
  Given it is 2026-11-20 20:59
  When wang asks to call C1
  Then it is granted

Story: A dispute stops contact at once, for every number the person has
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
    | C2          | 110101199003070011 | A2         | 400.00       | 2026-10-21      | 13800000002 |
  And it is 2026-11-20 10:00
  When wang puts C1 on hold for dispute
  And wang asks to call C2
  Then it is refused by CN_DISPUTE
  When zhao lifts the hold of C1
  And wang asks to call C2
  Then it is granted

Story: A third person never hears of the debt
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
  And C1 has a contact person at 13900000009
  And it is 2026-11-20 10:00
  When wang asks to call the contact person of C1
  Then it is refused by CN_THIRD_PARTY
  When wang puts C1 on hold for lost
  And wang asks to call the contact person of C1 about the debt
  Then it is refused by CN_DISCLOSURE
  When wang asks to call the contact person of C1 to pass a message on
  Then it is granted

Story: A collector without this year's certificate calls nobody
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
  And it is 2026-11-20 10:00
  When newcomer asks to call C1
  Then it is refused by CN_CERTIFICATION

Story: Asking twice with one key is asking once
  Given the portfolio as of 2026-11-20
    | customer_no | citizen_id         | account_no | overdue_yuan | oldest_due_date | mobile      |
    | C1          | 110101199003070011 | A1         | 900.00       | 2026-10-11      | 13800000001 |
  And it is 2026-11-20 10:00
  When wang asks to call C1 with key k1
  Then it is granted
  When wang asks to call C1 with key k1
  Then it is granted
  And 2 contacts are left today for C1
