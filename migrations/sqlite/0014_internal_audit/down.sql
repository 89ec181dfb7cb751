DROP INDEX invoices_by_seller;
DROP TABLE audit_findings;
DROP TABLE internal_audit_items;
DROP TABLE internal_audits;
