-- Written from migrations/0098_sales_plan.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Sales plans: what departments are to reach in a year, revision by revision.
CREATE TABLE sales_plans (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    department_id BLOB NOT NULL REFERENCES departments (id),
    year INTEGER NOT NULL,
    measure TEXT NOT NULL,
    revision INTEGER NOT NULL,
    grounds TEXT,
    -- The target of the department for the year.
    target BIGINT NOT NULL,
    creator_id BLOB NOT NULL REFERENCES users (id),
    creator_employee_id BLOB REFERENCES employees (id),
    submitter_id BLOB NOT NULL REFERENCES employees (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    approval_id BLOB REFERENCES approvals (id),
    version BIGINT NOT NULL,
    CHECK (revision > 0)
);
-- One revision holds, and one is under way.
CREATE UNIQUE INDEX sales_plans_in_force ON sales_plans (department_id, year, measure)
    WHERE status = 'in_force';
CREATE UNIQUE INDEX sales_plans_under_way ON sales_plans (department_id, year, measure)
    WHERE status IN ('draft', 'in_approval', 'returned', 'withdrawn');
CREATE INDEX sales_plans_by_department ON sales_plans (department_id, id);
CREATE INDEX sales_plans_by_year ON sales_plans (year, id);
CREATE INDEX sales_plans_by_status ON sales_plans (status, id);
CREATE INDEX sales_plans_by_change ON sales_plans (changed_at, id);
CREATE INDEX sales_plans_by_submitter ON sales_plans (submitter_id, id);
CREATE INDEX sales_plans_by_creator ON sales_plans (creator_id, id);
CREATE INDEX sales_plans_by_creating_employee ON sales_plans (creator_employee_id);
CREATE INDEX sales_plans_by_approval ON sales_plans (approval_id);

-- Whole numbers in the unit of the measure: fen of the book currency, pieces, customers.
CREATE TABLE sales_plan_nodes (
    plan_id BLOB NOT NULL REFERENCES sales_plans (id),
    place INTEGER NOT NULL,
    department_id BLOB NOT NULL REFERENCES departments (id),
    employee_id BLOB REFERENCES employees (id),
    period TEXT NOT NULL,
    floor_value BIGINT NOT NULL,
    target BIGINT NOT NULL,
    challenge BIGINT NOT NULL,
    reserve_of_scopes BIGINT NOT NULL,
    reserve_of_periods BIGINT NOT NULL,
    PRIMARY KEY (plan_id, place),
    CHECK (floor_value <= target AND target <= challenge)
);
CREATE INDEX sales_plan_nodes_by_department ON sales_plan_nodes (department_id, plan_id);
CREATE INDEX sales_plan_nodes_by_employee ON sales_plan_nodes (employee_id, plan_id);
