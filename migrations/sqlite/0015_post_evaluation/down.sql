DROP TABLE post_evaluations;
