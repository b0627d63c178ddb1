-- The keys that are issued by the admin API of any node, each by the digest of its secret.
CREATE TABLE issued_key (
  id text COLLATE "C" PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL,
  team text COLLATE "C" NOT NULL,
  "user" text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL UNIQUE,
  created_micros bigint NOT NULL,
  expires_micros bigint,
  revoked_micros bigint,
  replaced_by text COLLATE "C" NOT NULL
);

-- How often they were changed, in one row. Who changes them locks it, and must have seen the change before.
CREATE TABLE issued_key_revision (revision bigint NOT NULL);
INSERT INTO issued_key_revision VALUES (0);
