-- Whose case it is: one row a customer, for as long as somebody owns it. The history is in the facts.
CREATE TABLE allotment (
  customer_no TEXT PRIMARY KEY,
  collector TEXT NOT NULL,
  team TEXT NOT NULL,
  since BIGINT NOT NULL,    -- day this collector first had it
  set_by TEXT NOT NULL,     -- 'night', or who gave it by hand; the night leaves those alone
  set_at BIGINT NOT NULL,
  reason TEXT NOT NULL      -- a code: new, by_hand, recalled
) {strict};
CREATE INDEX allotment_by_collector ON allotment (collector, customer_no);

-- Every move by hand with what the mover said, sealed: it may name people.
CREATE TABLE reassignment (
  reassignment_id BIGINT PRIMARY KEY,
  customer_no TEXT NOT NULL,
  collector_before TEXT NOT NULL,
  collector TEXT NOT NULL,
  moved_by TEXT NOT NULL,
  moved_at BIGINT NOT NULL,
  note {blob} NOT NULL
) {strict};
CREATE INDEX reassignment_by_customer ON reassignment (customer_no, moved_at);
