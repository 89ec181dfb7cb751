-- Written from migrations/0180_ownership_concern.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- When time alone moves a customer next, so that whoever settles that looks at nobody else. Those whom it may move are looked
-- at once, and carry their own instant from then on.
ALTER TABLE customer_standings ADD COLUMN falls_at TIMESTAMPTZ;
CREATE INDEX customer_standings_by_fall ON customer_standings (falls_at, customer_id);
UPDATE customer_standings SET falls_at = protected_until WHERE state = 'owned';
UPDATE customer_standings SET falls_at = since WHERE state = 'department_pool';

-- Whose leaving says something about whose a customer is: owners and who has a part, also in deals; whose relative they are;
-- and to whom an introduction would give them.
CREATE TABLE ownership_concerns (
    customer_id UUID NOT NULL REFERENCES customers (id),
    employee_id UUID NOT NULL REFERENCES employees (id),
    PRIMARY KEY (customer_id, employee_id)
);
CREATE INDEX ownership_concerns_by_employee ON ownership_concerns (employee_id, customer_id);

-- What was noted before this was kept: parts of any state, relations, introductions. More than need be does no harm.
INSERT INTO ownership_concerns (customer_id, employee_id)
SELECT customer_id, owner_id FROM customer_standings WHERE owner_id IS NOT NULL
UNION SELECT s.customer_id, (p.value ->> 'employee')::uuid
    FROM ownership_states s, jsonb_array_elements(s.detail::jsonb #> '{standing,shares}') p WHERE s.state = 'owned'
UNION SELECT customer_id, (what::jsonb ->> 'relative')::uuid FROM ownership_facts WHERE kind = 'related'
UNION SELECT customer_id, (what::jsonb ->> 'representative')::uuid
    FROM ownership_facts WHERE kind = 'introduced' AND what::jsonb ->> 'representative' IS NOT NULL;
