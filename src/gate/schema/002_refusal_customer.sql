CREATE INDEX refusal_customer ON refusal (customer_no, refused_at);
