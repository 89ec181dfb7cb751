-- When a month was closed after the last time it stood open again: a reopening that was refused leaves no trace here. What
-- happened before is read from the feed.
ALTER TABLE accounting_periods ADD COLUMN reopened_until TIMESTAMPTZ;
UPDATE accounting_periods
SET reopened_until = (
    SELECT MAX(closed.at)
    FROM events AS closed
    WHERE closed.entity = accounting_periods.id AND closed.kind = 'accounting_period.closed'
        AND EXISTS (
            SELECT 1
            FROM events AS opened
            WHERE opened.entity = closed.entity AND opened.kind = 'accounting_period.reopened'
                AND opened.sequence < closed.sequence
        )
);
