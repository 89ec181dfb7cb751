-- Written from migrations/0081_reception.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Queues of sites by day, each a chained ledger; and receptions.
CREATE TABLE reception_queues (
    id BLOB PRIMARY KEY NOT NULL,
    site_id BLOB NOT NULL REFERENCES sites (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    queue_on DATE NOT NULL,
    -- How many entries there are, and the hash of the last: what the ledger must come to.
    entries INTEGER NOT NULL,
    head TEXT NOT NULL,
    is_suspended BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (site_id, queue_on),
    CHECK (entries > 0)
);
CREATE INDEX reception_queues_by_department ON reception_queues (department_id, queue_on);
CREATE INDEX reception_queues_by_day ON reception_queues (queue_on, id);

-- Who has a place now: they see the queue, whatever their reach.
CREATE TABLE reception_places (
    queue_id BLOB NOT NULL REFERENCES reception_queues (id),
    place INTEGER NOT NULL,
    employee_id BLOB NOT NULL REFERENCES employees (id),
    PRIMARY KEY (queue_id, place),
    UNIQUE (queue_id, employee_id)
);
CREATE INDEX reception_places_by_employee ON reception_places (employee_id, queue_id);

-- Only ever added to.
CREATE TABLE reception_entries (
    queue_id BLOB NOT NULL REFERENCES reception_queues (id),
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    employee_id BLOB REFERENCES employees (id),
    by_id BLOB REFERENCES employees (id),
    -- Why somebody was passed over.
    because TEXT,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (queue_id, sequence)
);
CREATE INDEX reception_entries_by_employee ON reception_entries (employee_id, kind, at);
CREATE INDEX reception_entries_by_doer ON reception_entries (by_id);

CREATE TABLE receptions (
    id BLOB PRIMARY KEY NOT NULL,
    queue_id BLOB NOT NULL REFERENCES reception_queues (id),
    site_id BLOB NOT NULL REFERENCES sites (id),
    department_id BLOB NOT NULL REFERENCES departments (id),
    receiver_id BLOB NOT NULL REFERENCES employees (id),
    visitor TEXT NOT NULL,
    turn TEXT NOT NULL,
    customer_id BLOB REFERENCES customers (id),
    registration_id BLOB REFERENCES registrations (id),
    host_id BLOB REFERENCES employees (id),
    asked_at BIGINT,
    answer_by BIGINT,
    escalated_at BIGINT,
    answered_at BIGINT,
    answered_by_id BLOB REFERENCES employees (id),
    is_agreed BOOLEAN,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by_id BLOB REFERENCES employees (id),
    is_mistaken BOOLEAN NOT NULL,
    is_unregistered BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((ended_at IS NOT NULL) = (status = 'ended')),
    CHECK ((host_id IS NULL) = (asked_at IS NULL)),
    CHECK ((answered_at IS NULL) = (is_agreed IS NULL))
);
CREATE INDEX receptions_by_queue ON receptions (queue_id, id);
CREATE INDEX receptions_by_site ON receptions (site_id, id);
CREATE INDEX receptions_by_department ON receptions (department_id, id);
CREATE INDEX receptions_by_receiver ON receptions (receiver_id, id);
CREATE INDEX receptions_by_customer ON receptions (customer_id, id);
CREATE INDEX receptions_by_registration ON receptions (registration_id);
CREATE INDEX receptions_by_host ON receptions (host_id, id);
CREATE INDEX receptions_by_answerer ON receptions (answered_by_id);
CREATE INDEX receptions_by_ender ON receptions (ended_by_id);
CREATE INDEX receptions_by_answer ON receptions (status, answer_by);
