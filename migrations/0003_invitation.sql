-- Migration 0003: invitations, by which people make their accounts themselves.

CREATE TABLE invitation (
  token_hash TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT,
  roles TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(roles)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_by_expiry ON invitation (expires_at);
