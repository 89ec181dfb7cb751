-- Invoices on claims, those that were edited off them, and who holds which.
CREATE TABLE invoices (
    claim_id ID NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL,
    code TEXT,
    number TEXT NOT NULL,
    issued_on DATE NOT NULL,
    seller_name TEXT NOT NULL,
    seller_tax_number TEXT,
    buyer_name TEXT,
    buyer_tax_number TEXT,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    unique_key TEXT NOT NULL,
    PRIMARY KEY (claim_id, line, position),
    CHECK (net_minor + tax_minor = total_minor)
);
CREATE INDEX invoices_by_key ON invoices (unique_key, claim_id);
CREATE INDEX invoices_by_number ON invoices (number, claim_id);
-- Who else bought from a seller around a day.
CREATE INDEX invoices_by_seller ON invoices (seller_tax_number, issued_on);
-- Who else bought around a day from a seller that is known by its name alone.
CREATE INDEX invoices_by_nameless_seller ON invoices (seller_name, issued_on) WHERE seller_tax_number IS NULL;

-- Invoices that were edited off a claim: with those still on claims, the whole history of who tried one.
CREATE TABLE removed_invoices (
    id ID PRIMARY KEY NOT NULL,
    claim_id ID NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL CHECK (line >= 1),
    kind TEXT NOT NULL,
    code TEXT,
    number TEXT NOT NULL,
    issued_on DATE NOT NULL,
    seller_name TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    unique_key TEXT NOT NULL,
    removed_at INSTANT NOT NULL,
    removed_by_id ID NOT NULL REFERENCES users (id)
);
CREATE INDEX removed_invoices_by_number ON removed_invoices (number, claim_id);
CREATE INDEX removed_invoices_by_claim ON removed_invoices (claim_id);
CREATE INDEX removed_invoices_by_remover ON removed_invoices (removed_by_id);

-- Who held an invoice, and until when. An invoice is reimbursed once in the whole company: at most one
-- hold of a key is open, whatever two claims do in the same instant.
CREATE TABLE invoice_holds (
    id ID PRIMARY KEY NOT NULL,
    unique_key TEXT NOT NULL,
    claim_id ID NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL,
    held_at INSTANT NOT NULL,
    held_by_id ID NOT NULL REFERENCES users (id),
    released_at INSTANT,
    released_because TEXT,
    CHECK ((released_at IS NULL) = (released_because IS NULL))
);
CREATE UNIQUE INDEX invoice_holds_once ON invoice_holds (unique_key) WHERE released_at IS NULL;
CREATE INDEX invoice_holds_by_key ON invoice_holds (unique_key, held_at);
CREATE INDEX invoice_holds_by_claim ON invoice_holds (claim_id);
CREATE INDEX invoice_holds_by_holder ON invoice_holds (held_by_id);
