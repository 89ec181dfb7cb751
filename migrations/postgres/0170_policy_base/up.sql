-- Written from migrations/0170_policy_base.sql by `UPDATE=1 cargo test`: what is to be changed, change there.
-- From which published version a version of a policy was drafted. Of those that stand nobody said it: the last that was
-- published before them.
ALTER TABLE policies ADD COLUMN based_on INTEGER;
UPDATE policies SET based_on = (
    SELECT MAX(earlier.number) FROM policies earlier
    WHERE earlier.code = policies.code AND earlier.status = 'published' AND earlier.number < policies.number
);
