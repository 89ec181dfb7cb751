ALTER TABLE access_epoch DROP COLUMN master_revision;
