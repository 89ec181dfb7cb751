DROP TABLE removed_invoices;
