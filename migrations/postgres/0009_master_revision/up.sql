-- Counts the changes of master data: people, departments, positions, roles, grants, absences, policies.
ALTER TABLE access_epoch ADD COLUMN master_revision BIGINT NOT NULL DEFAULT 1;
