-- The names stay right.
SELECT 1;
