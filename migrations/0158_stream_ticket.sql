-- What opens a stream once where no header can be sent: by its hash, for a path, in the name of whoever asked for it.
CREATE TABLE stream_tickets (
    hash BYTES PRIMARY KEY NOT NULL,
    holder_kind TEXT NOT NULL,
    holder ID NOT NULL,
    path TEXT NOT NULL,
    expires_at INSTANT NOT NULL
);
CREATE INDEX stream_tickets_by_expiry ON stream_tickets (expires_at);
