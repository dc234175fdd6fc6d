-- Tickets by which the operator's command line proves itself to the gateway: whoever can write here can do everything anyway.
-- token_hash: SHA-256 of what the request carries. Good for any number of calls within two minutes.
CREATE TABLE operator_ticket (
  token_hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
