-- Written from migrations/0040_file_room.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Files that belong to nothing end, take up bounded room, and may be removed by whoever uploaded them: the row stays, for
-- the trail, and the bytes go.
ALTER TABLE files ADD COLUMN free_since BIGINT;
ALTER TABLE files ADD COLUMN removed_at BIGINT;
UPDATE files SET free_since = uploaded_at WHERE document IS NULL;
CREATE INDEX files_free ON files (free_since, uploaded_by, size) WHERE free_since IS NOT NULL;
