-- What each node last said of itself, and when. A node that stops takes its sign with it.
CREATE TABLE node_sign (
  id text COLLATE "C" PRIMARY KEY,
  host text NOT NULL,
  version text NOT NULL,
  configuration text NOT NULL,
  configuration_since_micros bigint NOT NULL,
  started_micros bigint NOT NULL,
  lag_records bigint NOT NULL,
  seen_at timestamptz NOT NULL
);
