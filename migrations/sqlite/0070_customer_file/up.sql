-- Written from migrations/0070_customer_file.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Files of customers: who they are, how to reach them, and whose they are.

-- Keys that seal what is personal of the customers whose class asks for it, each itself sealed by a secret that is not in
-- the database.
CREATE TABLE field_keys (
    id BLOB PRIMARY KEY NOT NULL,
    material TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    retired_at BIGINT,
    version BIGINT NOT NULL
);

CREATE TABLE customers (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- By what names are compared: one width, without what companies append; and how that is read.
    name_key TEXT NOT NULL,
    name_reading TEXT NOT NULL,
    tax_number TEXT,
    industry TEXT,
    region TEXT,
    channel TEXT,
    needs TEXT,
    tags TEXT NOT NULL,
    importance TEXT NOT NULL,
    sensitivity TEXT NOT NULL,
    source TEXT,
    external_identity TEXT,
    metadata TEXT NOT NULL,
    -- What is personal, as JSON: in the clear, or sealed by a key; neither once it is erased.
    personal TEXT,
    sealed BLOB,
    field_key_id BLOB REFERENCES field_keys (id),
    completeness INTEGER NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    merged_into_id BLOB REFERENCES customers (id),
    verified_on DATE,
    -- The day from which it is to be verified again; none while that is owed.
    verification_due_on DATE,
    creator_id BLOB NOT NULL REFERENCES users (id),
    creator_employee_id BLOB REFERENCES employees (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    UNIQUE (source, external_identity),
    CHECK ((source IS NULL) = (external_identity IS NULL)),
    CHECK ((sealed IS NULL) = (field_key_id IS NULL)),
    CHECK (personal IS NULL OR sealed IS NULL),
    CHECK (completeness BETWEEN 0 AND 100),
    CHECK (merged_into_id IS NULL OR merged_into_id <> id)
);
CREATE INDEX customers_by_name ON customers (name, id);
CREATE INDEX customers_by_name_key ON customers (name_key);
CREATE INDEX customers_by_name_reading ON customers (name_reading);
CREATE INDEX customers_by_tax_number ON customers (tax_number);
CREATE INDEX customers_by_change ON customers (changed_at, id);
CREATE INDEX customers_by_completeness ON customers (completeness, id);
CREATE INDEX customers_by_merger ON customers (merged_into_id);
CREATE INDEX customers_by_creator ON customers (creator_id, id);
CREATE INDEX customers_by_creating_employee ON customers (creator_employee_id);
CREATE INDEX customers_by_field_key ON customers (field_key_id);
CREATE INDEX customers_by_verification ON customers (verification_due_on, id);

-- By which numbers a customer is found: the number itself, or of a customer who is sealed what a key makes of it.
CREATE TABLE customer_phones (
    customer_id BLOB NOT NULL REFERENCES customers (id),
    place INTEGER NOT NULL,
    -- The contact whose it is; 0: the customer's own.
    contact INTEGER NOT NULL,
    lookup TEXT NOT NULL,
    -- Its digits turned round, for whoever knows the last of them; none of a customer who is sealed.
    tail TEXT,
    PRIMARY KEY (customer_id, place)
);
CREATE INDEX customer_phones_by_lookup ON customer_phones (lookup, customer_id);
CREATE INDEX customer_phones_by_tail ON customer_phones (tail, customer_id);

-- Whose customer it is, as lists read it: written by what derives ownership, and by nobody else.
CREATE TABLE customer_standings (
    customer_id BLOB PRIMARY KEY NOT NULL REFERENCES customers (id),
    owner_id BLOB REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    state TEXT NOT NULL,
    protected_until BIGINT,
    since BIGINT NOT NULL,
    creator_id BLOB NOT NULL REFERENCES users (id),
    version BIGINT NOT NULL,
    CHECK ((owner_id IS NOT NULL) = (state = 'owned'))
);
CREATE INDEX customer_standings_by_owner ON customer_standings (owner_id, customer_id);
CREATE INDEX customer_standings_by_department ON customer_standings (department_id, customer_id);
CREATE INDEX customer_standings_by_state ON customer_standings (state, customer_id);
CREATE INDEX customer_standings_by_protection ON customer_standings (protected_until, customer_id);
CREATE INDEX customer_standings_by_creator ON customer_standings (creator_id, customer_id);
