-- Lifting is asked of another person by the one mechanism for that (approval); who had asked before
-- stays in the facts. A lifting that waited must be asked anew: the hold stands until then.
ALTER TABLE legal_hold DROP COLUMN lift_asked_at;
ALTER TABLE legal_hold DROP COLUMN lift_asked_by;
ALTER TABLE legal_hold DROP COLUMN lift_reason;
