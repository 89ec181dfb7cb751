-- Organisation: departments, positions, employees with their placements by date, absences.
CREATE TABLE departments (
    id ID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    parent_id ID REFERENCES departments (id),
    closed_on DATE,
    version BIGINT NOT NULL,
    -- By what people find a name: its characters, how it is read, and the initials of the reading, a line each.
    search_text TEXT NOT NULL
);
CREATE INDEX departments_by_name ON departments (name_zh, id);
CREATE INDEX departments_by_parent ON departments (parent_id);

CREATE TABLE positions (
    id ID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    department_id ID REFERENCES departments (id),
    duties TEXT NOT NULL,
    clause TEXT NOT NULL,
    version BIGINT NOT NULL,
    search_text TEXT NOT NULL
);
CREATE INDEX positions_by_name ON positions (name_zh, id);
CREATE INDEX positions_by_department ON positions (department_id);

CREATE TABLE employees (
    id ID PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    joined_on DATE NOT NULL,
    status TEXT NOT NULL,
    last_day DATE,
    version BIGINT NOT NULL,
    -- As that of departments.
    search_text TEXT NOT NULL,
    CHECK ((status = 'employed') = (last_day IS NULL))
);
CREATE INDEX employees_by_name ON employees (name, id);
CREATE INDEX employees_by_joining ON employees (joined_on, id);
CREATE INDEX employees_by_last_day ON employees (status, last_day);

-- Departments and employees refer to each other: this one waits until there are both.
ALTER TABLE departments ADD COLUMN head_id ID REFERENCES employees (id);
CREATE INDEX departments_by_head ON departments (head_id);

CREATE TABLE employee_placements (
    employee_id ID NOT NULL REFERENCES employees (id),
    from_on DATE NOT NULL,
    -- The day the next placement begins.
    until_on DATE,
    -- Whether it holds for the days before joining too: so every employee has one placement on every day.
    is_first BOOLEAN NOT NULL,
    department_id ID NOT NULL REFERENCES departments (id),
    position_id ID REFERENCES positions (id),
    superior_id ID REFERENCES employees (id),
    PRIMARY KEY (employee_id, from_on),
    CHECK (until_on IS NULL OR until_on > from_on)
);
CREATE INDEX employee_placements_by_department ON employee_placements (department_id, employee_id);
CREATE INDEX employee_placements_by_position ON employee_placements (position_id);
CREATE INDEX employee_placements_by_superior ON employee_placements (superior_id);

CREATE TABLE absences (
    id ID PRIMARY KEY NOT NULL,
    employee_id ID NOT NULL REFERENCES employees (id),
    stand_in_id ID NOT NULL REFERENCES employees (id),
    from_on DATE NOT NULL,
    until_on DATE NOT NULL,
    reason TEXT NOT NULL,
    cancelled_at INSTANT,
    version BIGINT NOT NULL,
    CHECK (until_on >= from_on),
    CHECK (stand_in_id <> employee_id)
);
CREATE INDEX absences_by_first_day ON absences (from_on, id);
CREATE INDEX absences_by_last_day ON absences (until_on, id);
CREATE INDEX absences_by_employee ON absences (employee_id, until_on);
CREATE INDEX absences_by_stand_in ON absences (stand_in_id, until_on);
CREATE INDEX absences_by_period ON absences (until_on, from_on);
