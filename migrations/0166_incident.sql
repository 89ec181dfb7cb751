-- One incident has one entry, whatever it was entered as: what was missed is not entered by hand once more.
UPDATE incentive_entries SET incident_held = substr(incident_held, length(incident_kind) + 2) WHERE incident_held IS NOT NULL;
