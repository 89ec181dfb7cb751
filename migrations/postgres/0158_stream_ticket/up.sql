-- Written from migrations/0158_stream_ticket.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- What opens a stream once where no header can be sent: by its hash, for a path, in the name of whoever asked for it.
CREATE TABLE stream_tickets (
    hash BYTEA PRIMARY KEY NOT NULL,
    holder_kind TEXT NOT NULL,
    holder UUID NOT NULL,
    path TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX stream_tickets_by_expiry ON stream_tickets (expires_at);
