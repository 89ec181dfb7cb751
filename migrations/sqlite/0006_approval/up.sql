-- Written from migrations/0006_approval.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Approvals: the frozen course of each, its tasks, its history, whose boxes it lies in, who may read the document.
CREATE TABLE approvals (
    id BLOB PRIMARY KEY NOT NULL,
    document_kind TEXT NOT NULL,
    document BLOB NOT NULL,
    number TEXT NOT NULL,
    submitter_id BLOB NOT NULL REFERENCES employees (id),
    beneficiary_id BLOB NOT NULL REFERENCES employees (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    amount BIGINT,
    currency TEXT,
    business_date DATE NOT NULL,
    state TEXT NOT NULL,
    -- What is frozen or only read whole: subject, plan, rounds, outcome.
    subject TEXT NOT NULL,
    plan TEXT NOT NULL,
    rounds TEXT NOT NULL,
    outcome TEXT NOT NULL,
    last_reminder_at BIGINT,
    -- When the sweep of time limits has to look at it next.
    due_at BIGINT,
    started_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((amount IS NULL) = (currency IS NULL))
);
CREATE INDEX approvals_by_business_date ON approvals (business_date, id);
CREATE INDEX approvals_by_document ON approvals (document_kind, document);
CREATE INDEX approvals_by_submitter ON approvals (submitter_id, id);
CREATE INDEX approvals_by_beneficiary ON approvals (beneficiary_id, id);
CREATE INDEX approvals_by_department ON approvals (department_id, id);
CREATE INDEX approvals_due ON approvals (due_at);

CREATE TABLE approval_tasks (
    id BLOB PRIMARY KEY NOT NULL,
    approval_id BLOB NOT NULL REFERENCES approvals (id),
    round INTEGER NOT NULL,
    step INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    assignee_id BLOB NOT NULL REFERENCES employees (id),
    on_behalf_of_id BLOB REFERENCES employees (id),
    origin TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    remind_at BIGINT,
    escalate_at BIGINT,
    state TEXT NOT NULL,
    -- How it ended; absent while open.
    ending TEXT,
    CHECK ((state = 'open') = (ending IS NULL))
);
CREATE INDEX approval_tasks_by_approval ON approval_tasks (approval_id, id);
CREATE INDEX approval_tasks_by_assignee ON approval_tasks (assignee_id, state, approval_id);
CREATE INDEX approval_tasks_by_principal ON approval_tasks (on_behalf_of_id);

CREATE TABLE approval_history (
    approval_id BLOB NOT NULL REFERENCES approvals (id),
    number INTEGER NOT NULL,
    round INTEGER NOT NULL,
    step TEXT,
    kind TEXT NOT NULL,
    by_id BLOB REFERENCES employees (id),
    from_id BLOB REFERENCES employees (id),
    to_id BLOB REFERENCES employees (id),
    note TEXT,
    document_version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (approval_id, number)
);
CREATE INDEX approval_history_by_doer ON approval_history (by_id);
CREATE INDEX approval_history_by_former ON approval_history (from_id);
CREATE INDEX approval_history_by_receiver ON approval_history (to_id);

CREATE TABLE approval_copies (
    approval_id BLOB NOT NULL REFERENCES approvals (id),
    to_id BLOB NOT NULL REFERENCES employees (id),
    by_id BLOB NOT NULL REFERENCES employees (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (approval_id, to_id)
);
CREATE INDEX approval_copies_by_receiver ON approval_copies (to_id);
CREATE INDEX approval_copies_by_sender ON approval_copies (by_id);

-- Whose box an approval lies in; `past`: somebody held a task of it once.
CREATE TABLE approval_boxes (
    employee_id BLOB NOT NULL REFERENCES employees (id),
    box TEXT NOT NULL,
    approval_id BLOB NOT NULL REFERENCES approvals (id),
    PRIMARY KEY (employee_id, box, approval_id)
);
CREATE INDEX approval_boxes_by_approval ON approval_boxes (approval_id, employee_id);

-- Who may read a document because they take part in its approval.
CREATE TABLE document_readers (
    document_kind TEXT NOT NULL,
    document BLOB NOT NULL,
    employee_id BLOB NOT NULL REFERENCES employees (id),
    PRIMARY KEY (document_kind, document, employee_id)
);
CREATE INDEX document_readers_by_employee ON document_readers (employee_id, document_kind, document);
