-- Invoices that were edited off a claim: with those still on claims, the whole history of who tried one.
CREATE TABLE removed_invoices (
    id UUID PRIMARY KEY NOT NULL,
    claim_id UUID NOT NULL REFERENCES expense_claims (id),
    line INTEGER NOT NULL CHECK (line >= 1),
    kind TEXT NOT NULL,
    code TEXT,
    number TEXT NOT NULL,
    issued_on DATE NOT NULL,
    seller_name TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    unique_key TEXT NOT NULL,
    removed_at TIMESTAMPTZ NOT NULL,
    removed_by_id UUID NOT NULL REFERENCES users (id)
);
CREATE INDEX removed_invoices_by_number ON removed_invoices (number, claim_id);
CREATE INDEX removed_invoices_by_claim ON removed_invoices (claim_id);
CREATE INDEX removed_invoices_by_remover ON removed_invoices (removed_by_id);
