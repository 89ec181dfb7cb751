-- Written from migrations/0005_file.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Attachments: what is known of them; their bytes lie in the store under the file's id.
CREATE TABLE files (
    id UUID PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    file_type TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size > 0),
    sha256 TEXT NOT NULL,
    uploaded_by UUID NOT NULL,
    uploaded_at TIMESTAMPTZ NOT NULL,
    document_kind TEXT,
    document UUID,
    attached_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    CHECK ((document_kind IS NULL) = (document IS NULL) AND (document IS NULL) = (attached_at IS NULL))
);
CREATE INDEX files_by_document ON files (document, document_kind, id);
