-- The newest refresh token, sealed by the one before it: so that the same client, asking again at once, is answered the same.
ALTER TABLE sessions ADD COLUMN token_sealed BYTES;
