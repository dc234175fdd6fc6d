-- Migration 0007: form posts that met a session which had ended, until their sender has signed in again.

CREATE TABLE kept_post (
  id TEXT PRIMARY KEY,
  browser_hash TEXT NOT NULL,
  site TEXT NOT NULL,
  user_id TEXT,
  network TEXT NOT NULL,
  sealed TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_post_by_network ON kept_post (network);
CREATE INDEX kept_post_by_expiry ON kept_post (expires_at);
