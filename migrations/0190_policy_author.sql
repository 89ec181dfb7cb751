-- Who said last what a version of a policy says, so that somebody else publishes it. Of those that stand nobody knows it.
ALTER TABLE policies ADD COLUMN drafted_by ID;
