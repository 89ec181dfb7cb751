ALTER TABLE employees DROP COLUMN search_text;
ALTER TABLE departments DROP COLUMN search_text;
