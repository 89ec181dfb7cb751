-- Written from migrations/0080_ownership.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Sites, registrations, and the facts from which it is derived whose a customer is.
CREATE TABLE sites (
    id UUID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    department_id UUID NOT NULL REFERENCES departments (id),
    policy TEXT NOT NULL,
    opens_on DATE,
    lunch_duty_id UUID REFERENCES employees (id),
    version BIGINT NOT NULL
);
CREATE INDEX sites_by_department ON sites (department_id, id);
CREATE INDEX sites_by_lunch_duty ON sites (lunch_duty_id);

CREATE TABLE registrations (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    customer_id UUID NOT NULL REFERENCES customers (id),
    site_id UUID NOT NULL REFERENCES sites (id),
    receiver_id UUID NOT NULL REFERENCES employees (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    entrusted_by_id UUID REFERENCES employees (id),
    channel TEXT NOT NULL,
    is_peer BOOLEAN NOT NULL,
    inquiry TEXT NOT NULL,
    claimed_at TIMESTAMPTZ,
    registered_at TIMESTAMPTZ NOT NULL,
    completed_at TIMESTAMPTZ,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((completed_at IS NOT NULL) = (status = 'complete'))
);
CREATE INDEX registrations_by_customer ON registrations (customer_id, id);
CREATE INDEX registrations_by_site ON registrations (site_id, id);
CREATE INDEX registrations_by_receiver ON registrations (receiver_id, id);
CREATE INDEX registrations_by_department ON registrations (department_id, id);
CREATE INDEX registrations_by_entrusting ON registrations (entrusted_by_id);
CREATE INDEX registrations_by_status ON registrations (status, id);

-- What is known of whose a customer is: only ever added to.
CREATE TABLE ownership_facts (
    customer_id UUID NOT NULL REFERENCES customers (id),
    place INTEGER NOT NULL,
    id UUID NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    -- Whose deed it was, where it counts against a limit of that person.
    employee_id UUID REFERENCES employees (id),
    at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (customer_id, place)
);
CREATE INDEX ownership_facts_by_deed ON ownership_facts (employee_id, kind, known_at);

-- The chain of owners as each fact left it: never rewritten. What a later revision says from a place on stands for what the
-- earlier ones said from there on.
CREATE TABLE ownership_states (
    customer_id UUID NOT NULL REFERENCES customers (id),
    revision BIGINT NOT NULL,
    place INTEGER NOT NULL,
    owner_id UUID REFERENCES employees (id),
    state TEXT NOT NULL,
    rule TEXT NOT NULL,
    from_at TIMESTAMPTZ NOT NULL,
    known_at TIMESTAMPTZ NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (customer_id, revision, place)
);
CREATE INDEX ownership_states_by_owner ON ownership_states (owner_id, from_at);
