-- Written from migrations/0071_interaction.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Interactions with customers: planned before, reported after, counted where they have substance.
CREATE TABLE interactions (
    id BLOB PRIMARY KEY NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    employee_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    kind TEXT NOT NULL,
    method TEXT,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    voided_by_id BLOB REFERENCES employees (id),
    -- What was planned.
    planned_for BIGINT,
    plan TEXT,
    planned_at BIGINT,
    -- What took place: when it is said to have begun, and when the server learned of it.
    held_at BIGINT,
    held_on DATE,
    minutes INTEGER,
    contact INTEGER,
    participants TEXT,
    content TEXT,
    needs TEXT,
    next_step TEXT,
    next_on DATE,
    reported_at BIGINT,
    shortfalls TEXT,
    -- Whether it counts now: false until it is reported with substance, and once it is voided.
    is_qualified BOOLEAN NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((held_at IS NULL) = (reported_at IS NULL)),
    CHECK ((held_at IS NULL) = (held_on IS NULL)),
    CHECK ((planned_for IS NULL) = (planned_at IS NULL)),
    CHECK (planned_for IS NOT NULL OR held_at IS NOT NULL),
    CHECK (NOT is_qualified OR status = 'reported')
);
CREATE INDEX interactions_by_customer ON interactions (customer_id, id);
CREATE INDEX interactions_by_qualified ON interactions (customer_id, is_qualified, held_at);
CREATE INDEX interactions_by_employee ON interactions (employee_id, held_on);
CREATE INDEX interactions_by_department ON interactions (department_id, held_on);
CREATE INDEX interactions_by_day ON interactions (held_on, id);
CREATE INDEX interactions_by_plan ON interactions (planned_for, id);
CREATE INDEX interactions_by_change ON interactions (changed_at, id);
CREATE INDEX interactions_by_voiding ON interactions (voided_by_id);
