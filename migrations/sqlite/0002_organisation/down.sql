UPDATE departments SET head_id = NULL;
DROP TABLE absences;
DROP TABLE employee_placements;
DROP TABLE employees;
DROP TABLE positions;
DROP TABLE departments;
