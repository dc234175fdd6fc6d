-- Migration 0002: the revocation table becomes a feed that isolates follow, with changes of an account besides ends.

ALTER TABLE revocation ADD COLUMN kind TEXT NOT NULL DEFAULT 'end' CHECK (kind IN ('end', 'reload'));
