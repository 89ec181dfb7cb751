-- Written from migrations/0190_policy_author.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Who said last what a version of a policy says, so that somebody else publishes it. Of those that stand nobody knows it.
ALTER TABLE policies ADD COLUMN drafted_by BLOB;
