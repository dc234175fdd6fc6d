-- Migration 0001: users, sessions (for `session.store: 'd1'`), remember-me, throttle, audit.
-- schema.sql shows the result with a comment on every table and column; a test holds both equal.

CREATE TABLE user (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL DEFAULT 'user' CHECK (kind IN ('user', 'service')),
  email TEXT UNIQUE,
  email_verified INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
  username TEXT UNIQUE,
  name TEXT,
  roles TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(roles)),
  password_hash TEXT,
  password_changed_at INTEGER,
  disabled_at INTEGER,
  disabled_reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (email IS NOT NULL OR username IS NOT NULL)
) STRICT;

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  record TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_subject ON session (subject_id, session_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE revocation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  session_id TEXT,
  subject_id TEXT,
  spared_session_id TEXT,
  CHECK ((session_id IS NULL) <> (subject_id IS NULL))
) STRICT;
CREATE INDEX revocation_by_session ON revocation (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX revocation_by_subject ON revocation (subject_id, at) WHERE subject_id IS NOT NULL;
CREATE INDEX revocation_by_age ON revocation (at);

CREATE TABLE remember_family (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  site TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  previous_hash TEXT,
  rotated_at INTEGER NOT NULL,
  authenticated_at INTEGER NOT NULL,
  methods TEXT NOT NULL CHECK (json_valid(methods)),
  client TEXT NOT NULL CHECK (json_valid(client)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX remember_family_by_user ON remember_family (user_id);
CREATE INDEX remember_family_by_expiry ON remember_family (expires_at);

CREATE TABLE throttle (
  key TEXT PRIMARY KEY,
  free INTEGER NOT NULL,
  delay_ms INTEGER NOT NULL,
  max_delay_ms INTEGER NOT NULL,
  forget_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  attempted_at INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL,
  holder TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_by_age ON throttle (attempted_at);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  event TEXT NOT NULL,
  site TEXT,
  user_id TEXT,
  session_id TEXT,
  network TEXT,
  request_id TEXT,
  detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail))
) STRICT;
CREATE INDEX audit_by_user ON audit (user_id, at);
CREATE INDEX audit_by_age ON audit (at);
