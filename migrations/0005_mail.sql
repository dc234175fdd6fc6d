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
