-- Times are microseconds since 1970 (UTC).

CREATE TABLE approvals (
    id TEXT NOT NULL PRIMARY KEY,
    binding TEXT NOT NULL,
    tool TEXT NOT NULL,
    effect TEXT NOT NULL,
    level TEXT NOT NULL,
    summary TEXT NOT NULL,
    question TEXT NOT NULL,
    principal TEXT NOT NULL,
    org TEXT NOT NULL,
    profile TEXT NOT NULL,
    client TEXT NOT NULL,
    call_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('pending', 'approved', 'declined', 'consumed', 'withdrawn')),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    decided_level TEXT
) STRICT;

CREATE INDEX approvals_by_binding ON approvals (binding, state);
CREATE INDEX approvals_by_created ON approvals (created);

CREATE TABLE undos (
    id TEXT NOT NULL PRIMARY KEY,
    call_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    summary TEXT NOT NULL,
    principal TEXT NOT NULL,
    org TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    taken INTEGER
) STRICT;

CREATE INDEX undos_by_created ON undos (created);

CREATE TABLE sent (
    at INTEGER NOT NULL,
    limit_name TEXT NOT NULL,
    target TEXT NOT NULL,
    org TEXT NOT NULL,
    principal TEXT NOT NULL,
    call_id TEXT NOT NULL
) STRICT;

CREATE INDEX sent_by_limit ON sent (org, limit_name, at);
CREATE INDEX sent_by_time ON sent (at);

-- One row.
CREATE TABLE passphrase (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    hash TEXT,
    tries INTEGER NOT NULL,
    locked_until INTEGER
) STRICT;

INSERT INTO passphrase (only, hash, tries, locked_until) VALUES (1, NULL, 0, NULL);
