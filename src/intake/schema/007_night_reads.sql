-- What each night reads of all customers and all contacts lies in an index of its own, in the order
-- it is read: not a few bytes out of each wide row.
CREATE INDEX customer_region ON customer (customer_no, region_code);
DROP INDEX past_contact_at;
CREATE INDEX past_contact_at ON past_contact (contacted_at, customer_no, row_key);
