-- Blocks of the stage that a night is at, for the processes that help to make it. Who decides one
-- holds its row's lock; what it decided lies in the data folder.
CREATE TABLE night_block (
  night_id BIGINT NOT NULL,
  night_date BIGINT NOT NULL,
  input_key TEXT NOT NULL,
  position BIGINT NOT NULL,
  first_row BIGINT NOT NULL,
  end_row BIGINT NOT NULL,
  done BIGINT NOT NULL,
  PRIMARY KEY (night_id, position, first_row)
) {strict};
