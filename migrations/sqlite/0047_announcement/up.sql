-- Written from migrations/0047_announcement.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Notices and announcements, and what each of their readers did with them.
CREATE TABLE announcements (
    id BLOB PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    -- None: the product itself tells somebody something.
    publisher_id BLOB REFERENCES employees (id),
    department_id BLOB REFERENCES departments (id),
    corrects_id BLOB REFERENCES announcements (id),
    want TEXT NOT NULL,
    answer_by DATE,
    readers BIGINT NOT NULL,
    detail TEXT NOT NULL,
    drafted_at BIGINT NOT NULL,
    published_at BIGINT,
    changed_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at BIGINT,
    status_reason TEXT,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    CHECK ((want = 'answer') = (answer_by IS NOT NULL)),
    CHECK ((status = 'draft') = (published_at IS NULL))
);
CREATE INDEX announcements_by_publisher ON announcements (publisher_id, id);
CREATE INDEX announcements_by_department ON announcements (department_id, id);
CREATE INDEX announcements_by_correction ON announcements (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX announcements_by_status ON announcements (status, id);
CREATE INDEX announcements_by_change ON announcements (changed_at, id);

-- The audience, frozen at publication: one row a reader.
CREATE TABLE announcement_receipts (
    id BLOB PRIMARY KEY NOT NULL,
    announcement_id BLOB NOT NULL REFERENCES announcements (id),
    reader_id BLOB NOT NULL REFERENCES employees (id),
    state TEXT NOT NULL,
    read_at BIGINT,
    answered_at BIGINT,
    answer TEXT,
    remind_at BIGINT,
    reminded_at BIGINT,
    errand TEXT,
    version BIGINT NOT NULL,
    UNIQUE (announcement_id, reader_id),
    CHECK ((state = 'unread') = (read_at IS NULL)),
    CHECK (remind_at IS NULL OR (read_at IS NULL AND reminded_at IS NULL))
);
CREATE INDEX announcement_receipts_by_reader ON announcement_receipts (reader_id, id);
CREATE INDEX announcement_receipts_by_reader_state ON announcement_receipts (reader_id, state, id);
CREATE INDEX announcement_receipts_by_state ON announcement_receipts (announcement_id, state, id);
CREATE INDEX announcement_receipts_to_remind ON announcement_receipts (remind_at, id) WHERE remind_at IS NOT NULL;
CREATE INDEX announcement_receipts_to_tell ON announcement_receipts (id) WHERE errand IS NOT NULL;
