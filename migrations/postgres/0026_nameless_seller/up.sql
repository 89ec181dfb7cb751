-- Who else bought around a day from a seller that is known by its name alone.
CREATE INDEX invoices_by_nameless_seller ON invoices (seller_name, issued_on) WHERE seller_tax_number IS NULL;
