DROP TABLE policies;
DROP TABLE document_numbers;
DROP TABLE idempotency_keys;
DROP TABLE explanations;
DROP TABLE events;
DROP TABLE audit_entries;
DROP TABLE ledger_head;
DROP TABLE access_epoch;
