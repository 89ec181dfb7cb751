DROP TABLE document_readers;
DROP TABLE approval_boxes;
DROP TABLE approval_copies;
DROP TABLE approval_history;
DROP TABLE approval_tasks;
DROP TABLE approvals;
