-- Proofs on their way: what a mailed link or a typed code will show once, for one purpose. One per purpose and subject (an account, an
-- address): a newer one takes its place. token_hash: SHA-256 of what the link holds. browser_hash: SHA-256 of the cookie of the browser
-- that asked. code_hash: SHA-256 of that cookie with the six digits. number: shown by the browser that waits, typed where the link is
-- opened. account_email: the address that the account must still have. email: where the mail went. data: JSON, different for each
-- purpose; of a registration the name and the password's hash.
CREATE TABLE proof (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('register', 'verify', 'reset', 'link', 'email', 'undo_email')),
  subject TEXT NOT NULL,
  site TEXT NOT NULL,
  user_id TEXT REFERENCES user (id) ON DELETE CASCADE,
  account_email TEXT,
  email TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  browser_hash TEXT,
  code_hash TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  number TEXT,
  approved_at INTEGER,
  client TEXT NOT NULL CHECK (json_valid(client)),
  data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  UNIQUE (purpose, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX proof_by_browser ON proof (browser_hash, purpose) WHERE browser_hash IS NOT NULL;
CREATE INDEX proof_by_user ON proof (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX proof_by_expiry ON proof (expires_at);

-- Accounts whose owner wants them gone. due_at: from then on the scheduled job removes them; signing in before takes the row away.
CREATE TABLE deletion (
  user_id TEXT PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
  asked_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deletion_by_due ON deletion (due_at);
