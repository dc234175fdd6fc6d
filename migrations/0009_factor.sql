-- Migration 0009: second factors, passkeys, sign-ins that wait for one, trusted devices.

CREATE TABLE passkey (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  credential_id TEXT NOT NULL UNIQUE,
  rp_id TEXT NOT NULL,
  algorithm INTEGER NOT NULL,
  public_key TEXT NOT NULL,
  counter INTEGER NOT NULL,
  transports TEXT NOT NULL CHECK (json_valid(transports)),
  may_sync INTEGER NOT NULL CHECK (may_sync IN (0, 1)),
  is_synced INTEGER NOT NULL CHECK (is_synced IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_by_user ON passkey (user_id);

CREATE TABLE totp (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  sealed_seed TEXT NOT NULL,
  last_step INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX totp_by_user ON totp (user_id);

CREATE TABLE recovery_code (
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE mfa_grace (
  user_id TEXT PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
  asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_sign_in (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  site TEXT NOT NULL,
  methods TEXT NOT NULL CHECK (json_valid(methods)),
  remember INTEGER NOT NULL CHECK (remember IN (0, 1)),
  next TEXT,
  position INTEGER NOT NULL,
  proved_elsewhere_at INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_sign_in_by_user ON pending_sign_in (user_id);
CREATE INDEX pending_sign_in_by_expiry ON pending_sign_in (expires_at);

CREATE TABLE factor_code (
  holder TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  sent_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX factor_code_by_user ON factor_code (user_id);
CREATE INDEX factor_code_by_expiry ON factor_code (expires_at);

CREATE TABLE trusted_device (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  site TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  client TEXT NOT NULL CHECK (json_valid(client)),
  proved_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX trusted_device_by_user ON trusted_device (user_id);
CREATE INDEX trusted_device_by_expiry ON trusted_device (expires_at);

CREATE TABLE used_challenge (
  challenge_hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_challenge_by_expiry ON used_challenge (expires_at);
