-- Written from migrations/0161_payee_account.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Bank accounts to which the company pays: of its people, and of third parties. The number itself is sealed by a key that is
-- derived from a secret outside the database.
CREATE TABLE payee_accounts (
    id BLOB PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    -- Whose it is: somebody who works here, or a third party by its name.
    employee_id BLOB REFERENCES employees (id),
    name TEXT,
    tax_number TEXT,
    -- Where whoever it belongs to, or whoever registered it, worked by then.
    department_id BLOB REFERENCES departments (id),
    holder TEXT NOT NULL,
    bank TEXT NOT NULL,
    branch TEXT,
    bank_code TEXT,
    sealed TEXT NOT NULL,
    -- The last four digits, by which people recognise it.
    tail TEXT NOT NULL,
    creator_id BLOB NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    retired_at BIGINT,
    retired_by_id BLOB REFERENCES users (id),
    retired_reason TEXT,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((employee_id IS NULL) = (name IS NOT NULL)),
    CHECK ((retired_at IS NULL) = (retired_by_id IS NULL)),
    CHECK ((retired_at IS NULL) = (retired_reason IS NULL))
);
-- Of nobody are two accounts good at once: which of them is paid to would be chance.
CREATE UNIQUE INDEX payee_accounts_live ON payee_accounts (employee_id)
    WHERE employee_id IS NOT NULL AND retired_at IS NULL;
CREATE INDEX payee_accounts_by_employee ON payee_accounts (employee_id, id);
CREATE INDEX payee_accounts_by_department ON payee_accounts (department_id, id);
CREATE INDEX payee_accounts_by_creator ON payee_accounts (creator_id, id);
CREATE INDEX payee_accounts_by_retiring ON payee_accounts (retired_by_id);
CREATE INDEX payee_accounts_by_change ON payee_accounts (changed_at, id);
CREATE INDEX payee_accounts_by_holder ON payee_accounts (holder, id);

-- Claims that pay a third party in the place of their beneficiary.
CREATE TABLE expense_claim_payees (
    claim_id BLOB PRIMARY KEY NOT NULL REFERENCES expense_claims (id),
    payee_account_id BLOB NOT NULL REFERENCES payee_accounts (id)
);
CREATE INDEX expense_claim_payees_by_account ON expense_claim_payees (payee_account_id);
