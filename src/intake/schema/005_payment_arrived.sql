-- Payments told over the API, each for the day's book that will hold it. A row never changes; once
-- its day is closed the night copies it into the batch `<book_date>-arrived`.
CREATE TABLE payment_arrived (
  payment_no TEXT NOT NULL PRIMARY KEY,
  account_no TEXT NOT NULL,
  paid_at BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  channel TEXT NOT NULL,
  book_date BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  told_by TEXT NOT NULL
) {strict};
CREATE INDEX payment_arrived_day ON payment_arrived (book_date, payment_no);
CREATE INDEX payment_arrived_account ON payment_arrived (account_no);

-- One row: up to which day nothing more may come, and up to which the batches are made. Who tells a
-- payment holds it in common until it is committed; who closes a day holds it alone.
CREATE TABLE payment_close (
  close_no BIGINT NOT NULL PRIMARY KEY,
  closed_to BIGINT NOT NULL,
  batched_to BIGINT NOT NULL
) {strict};
INSERT INTO payment_close (close_no, closed_to, batched_to) VALUES (1, 0, 0);
