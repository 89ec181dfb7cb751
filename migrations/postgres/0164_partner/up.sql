-- Written from migrations/0164_partner.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Channel partners, what they brought, and what they are paid of it.
CREATE TABLE partners (
    id UUID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner_id UUID NOT NULL REFERENCES employees (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    channel TEXT,
    -- As which customer it buys.
    customer_id UUID REFERENCES customers (id),
    rate_bp INTEGER NOT NULL,
    is_active BOOLEAN NOT NULL,
    search_text TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CHECK (rate_bp >= 0 AND rate_bp <= 10000)
);
CREATE INDEX partners_by_owner ON partners (owner_id, id);
CREATE INDEX partners_by_department ON partners (department_id, id);
CREATE INDEX partners_by_customer ON partners (customer_id);

CREATE TABLE partner_deals (
    id UUID PRIMARY KEY NOT NULL,
    partner_id UUID NOT NULL REFERENCES partners (id),
    contract_id UUID UNIQUE REFERENCES sales_contracts (id),
    order_id UUID UNIQUE REFERENCES sales_orders (id),
    number TEXT NOT NULL,
    department_id UUID NOT NULL REFERENCES departments (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    named_by_id UUID NOT NULL REFERENCES users (id),
    named_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((contract_id IS NULL) <> (order_id IS NULL))
);
CREATE INDEX partner_deals_by_partner ON partner_deals (partner_id, id);
CREATE INDEX partner_deals_by_department ON partner_deals (department_id, id);
CREATE INDEX partner_deals_by_submitter ON partner_deals (submitter_id, id);
CREATE INDEX partner_deals_by_namer ON partner_deals (named_by_id);

CREATE TABLE partner_commissions (
    id UUID PRIMARY KEY NOT NULL,
    sale_id UUID NOT NULL UNIQUE REFERENCES sales (id),
    number TEXT NOT NULL,
    department_id UUID NOT NULL REFERENCES departments (id),
    partner_id UUID NOT NULL REFERENCES partners (id),
    rate_bp INTEGER NOT NULL,
    booked_minor BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX partner_commissions_by_partner ON partner_commissions (partner_id, id);
CREATE INDEX partner_commissions_by_department ON partner_commissions (department_id, id);

CREATE TABLE partner_settlements (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    partner_id UUID NOT NULL REFERENCES partners (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    month TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    entries TEXT NOT NULL,
    -- The expense claim that pays it, once.
    claim_id UUID UNIQUE REFERENCES expense_claims (id),
    claim_number TEXT,
    claimed_by_id UUID REFERENCES users (id),
    claimed_at TIMESTAMPTZ,
    status TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CHECK (amount_minor > 0),
    CHECK ((claim_id IS NULL) = (status <> 'claimed')),
    CHECK ((claim_id IS NULL) = (claimed_at IS NULL))
);
CREATE INDEX partner_settlements_by_partner ON partner_settlements (partner_id, id);
CREATE INDEX partner_settlements_by_department ON partner_settlements (department_id, id);
CREATE INDEX partner_settlements_by_status ON partner_settlements (status, id);
CREATE INDEX partner_settlements_by_claimer ON partner_settlements (claimed_by_id);
-- Of a partner one waits for its claim at a time.
CREATE UNIQUE INDEX partner_settlements_open ON partner_settlements (partner_id) WHERE status = 'compiled';

-- Only ever added to; each is in one settlement at most.
CREATE TABLE partner_entries (
    id UUID PRIMARY KEY NOT NULL,
    commission_id UUID NOT NULL REFERENCES partner_commissions (id),
    place INTEGER NOT NULL,
    partner_id UUID NOT NULL REFERENCES partners (id),
    amount_minor BIGINT NOT NULL,
    booked_at TIMESTAMPTZ NOT NULL,
    booked_on DATE NOT NULL,
    settlement_id UUID REFERENCES partner_settlements (id),
    UNIQUE (commission_id, place)
);
CREATE INDEX partner_entries_by_partner ON partner_entries (partner_id, booked_on, id);
CREATE INDEX partner_entries_by_settlement ON partner_entries (settlement_id, id);

-- What cuts of the list cost partners: once a partner, product and cut.
CREATE TABLE price_protections (
    id UUID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    partner_id UUID NOT NULL REFERENCES partners (id),
    department_id UUID NOT NULL REFERENCES departments (id),
    submitter_id UUID NOT NULL REFERENCES employees (id),
    claimed_by_id UUID NOT NULL REFERENCES users (id),
    product_id UUID NOT NULL REFERENCES products (id),
    cut_on DATE NOT NULL,
    old_minor BIGINT NOT NULL,
    new_minor BIGINT NOT NULL,
    -- In ten-thousandths of the unit.
    bought BIGINT NOT NULL,
    declared BIGINT NOT NULL,
    -- From where the stock is known: reports of partners take the place of what is declared.
    stock_source TEXT NOT NULL,
    reported_on DATE NOT NULL,
    evidence TEXT NOT NULL,
    verify_by DATE NOT NULL,
    -- What finance found, as JSON.
    verified TEXT,
    approved_by_id UUID REFERENCES users (id),
    approved_at TIMESTAMPTZ,
    reference TEXT UNIQUE,
    credited_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    ended_reason TEXT,
    status TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (partner_id, product_id, cut_on),
    CHECK (old_minor > new_minor AND declared > 0 AND bought >= 0),
    CHECK ((reference IS NULL) = (status <> 'credited')),
    CHECK ((approved_by_id IS NULL) = (approved_at IS NULL))
);
CREATE INDEX price_protections_by_department ON price_protections (department_id, id);
CREATE INDEX price_protections_by_submitter ON price_protections (submitter_id, id);
CREATE INDEX price_protections_by_product ON price_protections (product_id, id);
CREATE INDEX price_protections_by_status ON price_protections (status, verify_by, id);
CREATE INDEX price_protections_by_cut ON price_protections (cut_on, id);
CREATE INDEX price_protections_by_claimer ON price_protections (claimed_by_id);
CREATE INDEX price_protections_by_approver ON price_protections (approved_by_id);
