# How an analyst changes a table, and what that changes from when.

story: a change is reviewed by somebody else, holds from its day, and leaves the past as it was
  given the files show 2026-11-20
  and customer C1 is 2 days late with 150.00 yuan
  when the night of 2026-11-20 runs
  and it is 2026-11-20 10:00
  and the analyst drafts treatment.dmn with "< 20000" in place of "< 10000"
  then 3 of its test cases fail
  when the analyst sends it to review
  then the answer is 409
  when the analyst puts ",20000," in place of ",10000," in its test cases
  then 0 of its test cases fail
  when the analyst sends it to review
  then the answer is 409
  and it shows simulat
  when the analyst simulates it
  and the analyst sends it to review
  then the answer is 200
  when the analyst releases it from 2026-11-22
  then the answer is 403
  when analyst2 releases it from 2026-11-20
  then the answer is 400
  when analyst2 releases it from 2026-11-22
  then the answer is 200
  when the night of 2026-11-21 runs
  and it is 2026-11-21 10:00
  then C1-A's treatment comes from row 46 of treatment.dmn
  when the night of 2026-11-22 runs
  and it is 2026-11-22 10:00
  then C1-A's treatment comes from row 35 of treatment.dmn
  and the night of 2026-11-20 replays C1 as it was
  and the night of 2026-11-21 replays C1 as it was
  and the night of 2026-11-22 replays C1 as it was
  when the night of 2026-11-21 runs
  then both runs of the night of 2026-11-21 gave the same bytes

story: a release is taken back before its day
  given the files show 2026-11-20
  and customer C1 is 2 days late with 150.00 yuan
  when the night of 2026-11-20 runs
  and it is 2026-11-20 10:00
  and the analyst drafts treatment.dmn with "< 20000" in place of "< 10000"
  and the analyst puts ",20000," in place of ",10000," in its test cases
  and the analyst simulates it
  and the analyst sends it to review
  and analyst2 releases it from 2026-11-22
  then the answer is 200
  when analyst2 withdraws it
  and the night of 2026-11-21 runs
  and the night of 2026-11-22 runs
  and it is 2026-11-22 10:00
  then C1-A's treatment comes from row 57 of treatment.dmn

story: a collector does not change tables
  given the files show 2026-11-20
  and customer C1 is 2 days late with 150.00 yuan
  when the night of 2026-11-20 runs
  and it is 2026-11-20 10:00
  and a collector asks for the drafts
  then the answer is 403
