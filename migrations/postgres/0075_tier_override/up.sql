-- Written from migrations/0075_tier_override.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Other tiers than the model gives, once approvers agree.
CREATE TABLE tier_overrides (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    customer_id UUID NOT NULL REFERENCES customers (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    tier TEXT NOT NULL,
    until_on DATE NOT NULL,
    reason TEXT NOT NULL,
    creator_id UUID NOT NULL REFERENCES users (id),
    creator_employee_id UUID REFERENCES employees (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    created_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    status_at TIMESTAMPTZ,
    status_reason TEXT,
    approval_id UUID REFERENCES approvals (id),
    version BIGINT NOT NULL
);
CREATE INDEX tier_overrides_by_customer ON tier_overrides (customer_id, id);
CREATE INDEX tier_overrides_by_department ON tier_overrides (department_id, id);
CREATE INDEX tier_overrides_by_creator ON tier_overrides (creator_id, id);
CREATE INDEX tier_overrides_by_creating_employee ON tier_overrides (creator_employee_id);
CREATE INDEX tier_overrides_by_submitter ON tier_overrides (submitter_id, id);
CREATE INDEX tier_overrides_by_approval ON tier_overrides (approval_id);
CREATE INDEX tier_overrides_by_status ON tier_overrides (status, id);
