-- The few cases that a hand gave, found without reading all the others.
CREATE INDEX allotment_by_hand ON allotment (customer_no) WHERE set_by <> 'night';
