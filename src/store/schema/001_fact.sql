-- Facts: what happened, for good. Appended in the transaction that makes it true.
CREATE TABLE fact (
  fact_id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  body TEXT NOT NULL
) {strict};
CREATE INDEX fact_by_subject ON fact (subject, made_at);
CREATE INDEX fact_by_kind ON fact (kind, made_at);

-- Each process that opens the store takes the next number: ids made on two nodes never meet.
CREATE TABLE node_counter (only_row BIGINT PRIMARY KEY, next_node BIGINT NOT NULL) {strict};
INSERT INTO node_counter (only_row, next_node) VALUES (1, 0);

-- A known text sealed with the key in use: opening with another key is refused at once.
CREATE TABLE vault_check (only_row BIGINT PRIMARY KEY, sealed {blob} NOT NULL) {strict};
