-- Written from migrations/0159_duty_size.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What is done weighs nothing on what is not: what somebody owes in the order of lists, and what is not done of a rule in the
-- order in which it is gone through.
CREATE INDEX duties_by_responsible_status ON duties (responsible_id, status, id);
CREATE INDEX duties_by_rule_status ON duties (rule_code, status, id);
