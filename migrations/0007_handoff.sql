-- Migration 0007: sign-ins that begin on one device and are approved on another.

CREATE TABLE handoff (
  id TEXT PRIMARY KEY,
  browser_hash TEXT NOT NULL UNIQUE,
  code_hash TEXT NOT NULL UNIQUE,
  site TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused')),
  number TEXT NOT NULL,
  choices TEXT NOT NULL CHECK (json_valid(choices)),
  client TEXT NOT NULL CHECK (json_valid(client)),
  network TEXT NOT NULL,
  remember INTEGER NOT NULL CHECK (remember IN (0, 1)),
  user_id TEXT REFERENCES user (id) ON DELETE CASCADE,
  approval TEXT CHECK (json_valid(approval)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  CHECK ((state = 'approved') = (user_id IS NOT NULL AND approval IS NOT NULL))
) STRICT;
CREATE INDEX handoff_by_network ON handoff (network);
CREATE INDEX handoff_by_user ON handoff (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX handoff_by_expiry ON handoff (expires_at);
