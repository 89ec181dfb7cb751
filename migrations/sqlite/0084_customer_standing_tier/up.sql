-- Written from migrations/0084_customer_standing_tier.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- Which tier a customer holds, when the owner is warned next, and by when a contact is owed, as lists and chores read it.
ALTER TABLE customer_standings ADD COLUMN tier TEXT;
ALTER TABLE customer_standings ADD COLUMN warn_at BIGINT;
ALTER TABLE customer_standings ADD COLUMN follow_up_on DATE;
CREATE INDEX customer_standings_by_tier ON customer_standings (tier, customer_id);
CREATE INDEX customer_standings_by_warning ON customer_standings (warn_at, customer_id);
-- Whose protection runs already is looked at once, and from then on warned in time.
UPDATE customer_standings SET warn_at = since WHERE protected_until IS NOT NULL;
