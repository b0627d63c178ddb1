-- What operators moved between upstream quotas, and until when; without an end where that is NULL. A move counts as a change
-- of issued_key_revision, by which nodes learn of it.
CREATE TABLE pool_move (
  id text COLLATE "C" PRIMARY KEY,
  from_pool text COLLATE "C" NOT NULL,
  to_pool text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  per text COLLATE "C" NOT NULL,
  amount bigint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  made_micros bigint NOT NULL,
  ends_micros bigint
);
