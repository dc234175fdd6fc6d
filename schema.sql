-- The whole D1 schema, as the migrations leave it (a test compares). Every table is STRICT. docs/storage.md says who writes and
-- reads what, and how long it lives.

-- Accounts. Who may sign in, with which password, and what the origin is told about them.
-- id: random, never reused. email and username: normalised (src/user/identifier.ts), either may be missing, both sign in.
-- roles: a JSON array. password_hash: PHC text, peppered once its owner has signed in. disabled_at: set while the account may not
-- sign in. language: chosen by its owner for pages and mails; NULL: what the browser asks for. Instants in every table are unix
-- milliseconds.
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
  language TEXT CHECK (language IN ('en', 'de')),
  CHECK (email IS NOT NULL OR username IS NOT NULL)
) STRICT;
CREATE INDEX user_by_creation ON user (created_at, id);
CREATE INDEX user_by_name ON user (name COLLATE NOCASE, id) WHERE name IS NOT NULL;

-- Sessions, only with `session.store: 'd1'`; otherwise they live in KV. token_hash: SHA-256 of the cookie; the cookie itself is
-- nowhere. subject_id: the user or guest. record: the JSON of src/session/record.ts.
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  record TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_subject ON session (subject_id, session_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- The feed that every isolate follows: what has been ended, whatever a cache still believes (one session, or all of a user's but a
-- spared one), and whose account must be read again. Written in one batch with its cause. id: the order of commits; a record read at
-- one position is concerned by later rows only. kind: `end` or `reload`. Kept for as long as a session can live.
CREATE TABLE revocation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  session_id TEXT,
  subject_id TEXT,
  spared_session_id TEXT,
  kind TEXT NOT NULL DEFAULT 'end' CHECK (kind IN ('end', 'reload')),
  CHECK ((session_id IS NULL) <> (subject_id IS NULL))
) STRICT;
CREATE INDEX revocation_by_session ON revocation (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX revocation_by_subject ON revocation (subject_id, at) WHERE subject_id IS NOT NULL;
CREATE INDEX revocation_by_age ON revocation (at);

-- "Keep me signed in": one row per browser that was asked to remember, the hash of its current token and of the one before. A token
-- that is neither was used before: theft, and the row goes. client: what the browser was, for lists.
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

-- Sign-ins of programs: one row per family of refresh tokens, like remember_family. site: where they are good. scope: what was asked for.
-- position: of the revocation feed at the sign-in; what ended the user's sessions since then ended this. client: what program it was.
CREATE TABLE refresh_family (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  site TEXT NOT NULL,
  client_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  previous_hash TEXT,
  rotated_at INTEGER NOT NULL,
  authenticated_at INTEGER NOT NULL,
  methods TEXT NOT NULL CHECK (json_valid(methods)),
  client TEXT NOT NULL CHECK (json_valid(client)),
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_family_by_user ON refresh_family (user_id);
CREATE INDEX refresh_family_by_expiry ON refresh_family (expires_at);

-- API keys of users and service accounts. key_hash: SHA-256 of the key; the key itself is nowhere. hint: its first characters, to
-- recognise it by. scopes: a JSON array. paths, methods: JSON arrays of what it may ask for, or NULL for everything its owner may.
-- used_at: the hour of its last use.
CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  scopes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(scopes)),
  paths TEXT CHECK (paths IS NULL OR json_valid(paths)),
  methods TEXT CHECK (methods IS NULL OR json_valid(methods)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_by_user ON api_key (user_id);
CREATE INDEX api_key_by_expiry ON api_key (expires_at) WHERE expires_at IS NOT NULL;

-- Invitations: links that make one account each. One per address; a newer one replaces it. token_hash: SHA-256 of what the link holds.
-- name, roles: what the account begins with.
CREATE TABLE invitation (
  token_hash TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT,
  roles TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(roles)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_by_expiry ON invitation (expires_at);

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

-- Failed sign-ins by key: `account:<id>`, `account:?<name>` where there is no such account, `device:<id>` of a known device,
-- `network:<address or /64>`. The limits stand in the row, so that one statement charges any key. holder: the attempt that was
-- admitted last.
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

-- What happened: sign-ins, failures, ends of sessions, refusals, changes by the operator. Never holds a secret. detail: a JSON
-- object, different for each event (docs/storage.md). Kept for `audit.retention`.
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
CREATE INDEX audit_by_event ON audit (event, at, user_id);

-- Mails on their way: queued in one batch with the change they belong to, sent after the answer, retried by the scheduled job.
-- sealed: address, subject and both bodies, AES-GCM under a key derived from EDGEGATE_SECRET, bound to the id. due_at: when somebody
-- may try (again); while it is being sent, when the sender counts as dead. claim: who is sending it.
CREATE TABLE mail (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  site TEXT NOT NULL,
  user_id TEXT,
  sealed TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  claim TEXT,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_by_due ON mail (due_at);
CREATE INDEX mail_by_expiry ON mail (expires_at);

-- Development only: the mails that the mailbox page shows. Always empty in production.
CREATE TABLE mailbox (
  id TEXT PRIMARY KEY,
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mailbox_by_age ON mailbox (at);

-- Security notices of the last day, so that nobody can have an account's owner flooded. kind: what the notice says.
CREATE TABLE notice (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_by_user ON notice (user_id, kind, at);
CREATE INDEX notice_by_age ON notice (at);

-- Form posts that met a session which had ended or was not fresh, until their sender has signed in and sends them on or discards them
-- (ten minutes). id: random, in the address of the page that shows it. browser_hash: SHA-256 of the browser's cookie. user_id: whose it
-- is, where that was known; nobody else may send it. sealed: target, content type and body, bound to the other columns.
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

-- Tickets by which the operator's command line proves itself to the gateway: whoever can write here can do everything anyway.
-- token_hash: SHA-256 of what the request carries. Good for any number of calls within two minutes.
CREATE TABLE operator_ticket (
  token_hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Passkeys. credential_id: base64url, as the authenticator names it. rp_id: the domain it was made for. public_key: SPKI, base64url, of the
-- COSE algorithm. counter: the signature counter last seen. may_sync, is_synced: the backup flags (WebAuthn section 6.1.3).
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

-- Authenticator apps. sealed_seed: AES-GCM under a derived key, bound to user and row. last_step: the time step of the last code
-- accepted; a code is good for a later one only.
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

-- Recovery codes that have not been used, keyed hashes. A set is replaced as a whole; a code is deleted when it is used.
CREATE TABLE recovery_code (
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

-- When an account was first told that it must have a second factor: its grace runs from then.
CREATE TABLE mfa_grace (
  user_id TEXT PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
  asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sign-ins that wait for a second factor; no session exists for them. token_hash: SHA-256 of the browser's cookie. methods: what has
-- been proved. next, remember: where it goes on and whether to stay. position: of the feed when the account was read. tries: wrong codes.
-- proved_elsewhere_at: when the session signed in that approved this one from another device.
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

-- E-mailed codes as second factor. holder: the hash of the pending sign-in or the session they were sent for. code_hash: keyed.
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

-- Browsers that need no second factor for a while. proved_at: when one was shown there.
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

-- WebAuthn challenges that have been answered, so that none is good twice. Kept until the challenge would have expired.
CREATE TABLE used_challenge (
  challenge_hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_challenge_by_expiry ON used_challenge (expires_at);

-- Sign-ins that begin on one device and are approved on another (ten minutes). browser_hash: SHA-256 of the cookie of the browser that
-- waits, which alone can finish. code_hash: keyed hash of the code it shows. number: what it shows besides; choices: what the other
-- device is asked to choose from. client: what that device is shown of the waiting one. approval: the session that approved.
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
