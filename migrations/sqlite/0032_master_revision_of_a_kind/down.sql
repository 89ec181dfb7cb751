DROP TABLE master_revisions;
