-- Written from migrations/0046_session_repeat.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- The newest refresh token, sealed by the one before it: so that the same client, asking again at once, is answered the same.
ALTER TABLE sessions ADD COLUMN token_sealed BLOB;
