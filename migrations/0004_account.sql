-- Guests who have signed in to an account that was there before: the site is told once (merged_from), in the session that began so.
-- lineage: that session's. told_at: set while a request carries it, and once the site has answered that. Kept for as long as a session
-- can live, so that a guest merges once.
CREATE TABLE guest_merge (
  guest_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  lineage TEXT NOT NULL,
  merged_at INTEGER NOT NULL,
  told_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX guest_merge_by_user ON guest_merge (user_id);
CREATE INDEX guest_merge_by_age ON guest_merge (merged_at);

-- The language that its owner has chosen for pages and mails; NULL: what the browser asks for.
ALTER TABLE user ADD COLUMN language TEXT CHECK (language IN ('en', 'de'));
