ALTER TABLE departments DROP CONSTRAINT departments_head_id_fkey;
DROP TABLE absences;
DROP TABLE employee_placements;
DROP TABLE employees;
DROP TABLE positions;
DROP TABLE departments;
