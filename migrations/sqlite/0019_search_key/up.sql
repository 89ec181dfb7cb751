-- By what people find a name: its characters, how it is read, and the initials of the reading, a line each. Written
-- with the name; rows from before are filled when a server starts.
ALTER TABLE departments ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE employees ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
