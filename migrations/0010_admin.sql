-- Lists of the admin pages: the newest accounts, accounts by name, and what happened by kind.
CREATE INDEX user_by_creation ON user (created_at, id);
CREATE INDEX user_by_name ON user (name COLLATE NOCASE, id) WHERE name IS NOT NULL;
CREATE INDEX audit_by_event ON audit (event, at, user_id);
