-- Which law a person lives under and in which zone, where a number rings, what an account is: the gate
-- chooses its packs by them. Rows from before say China; an account's product is not known until its
-- next import ('': the strictest of the jurisdiction).
ALTER TABLE customer ADD COLUMN jurisdiction TEXT NOT NULL DEFAULT 'CN';
ALTER TABLE customer ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_point ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE intake_account ADD COLUMN product TEXT NOT NULL DEFAULT '';
CREATE INDEX intake_account_customer ON intake_account (customer_no);
