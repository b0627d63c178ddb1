-- The lines of all nodes. Texts are compared byte by byte, as each node's own database does it.

-- Who has shipped how far. The id of the last line tells whether the node is still the one that shipped it.
CREATE TABLE node (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  line bigint NOT NULL DEFAULT 0,
  last_id text NOT NULL DEFAULT '',
  shipped_at timestamptz
);

CREATE TABLE caller (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL,
  team text COLLATE "C" NOT NULL,
  "user" text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  tier text COLLATE "C" NOT NULL,
  end_user text COLLATE "C" NOT NULL,
  UNIQUE (tenant, team, "user", key, tier, end_user)
);

CREATE TABLE terms (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model text COLLATE "C" NOT NULL,
  backend text COLLATE "C" NOT NULL,
  price text COLLATE "C" NOT NULL,
  configuration text COLLATE "C" NOT NULL,
  UNIQUE (model, backend, price, configuration)
);

-- One row for each request, in a partition for each day of UTC. A request's time never changes, so its id is unique
-- although it is only so within a partition.
CREATE TABLE entry (
  at_micros bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  node integer NOT NULL,
  line bigint NOT NULL,
  caller bigint NOT NULL,
  terms bigint NOT NULL,
  duration_micros bigint NOT NULL,
  outcome text NOT NULL,
  reason text,
  sent smallint NOT NULL,
  charged smallint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  reasoning_tokens bigint NOT NULL,
  source text NOT NULL,
  cost_nano_usd bigint NOT NULL,
  refused_nano_usd bigint NOT NULL,
  receipt json NOT NULL,
  PRIMARY KEY (id, at_micros)
) PARTITION BY RANGE (at_micros);

-- A day of one caller; and a time of everyone, whose rows lie nearly in its order.
CREATE INDEX entry_of_caller ON entry (caller, at_micros);
CREATE INDEX entry_by_time ON entry USING brin (at_micros) WITH (pages_per_range = 32);

-- The sums of each quarter of an hour. Each node has rows of its own, so that none waits for another.
CREATE TABLE rollup (
  start_micros bigint NOT NULL,
  caller bigint NOT NULL,
  terms bigint NOT NULL,
  node integer NOT NULL,
  requests bigint NOT NULL,
  charged_requests bigint NOT NULL,
  refused bigint NOT NULL,
  input_tokens bigint NOT NULL,
  cached_input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  reasoning_tokens bigint NOT NULL,
  cost_nano_usd bigint NOT NULL,
  PRIMARY KEY (start_micros, caller, terms, node)
);
CREATE INDEX rollup_of_caller ON rollup (caller, start_micros);

-- For people: lines and daily sums with their names.
CREATE VIEW line AS
  SELECT to_timestamp(entry.at_micros / 1e6) AS at, entry.id, node.id AS node,
      caller.tenant, caller.team, caller."user", caller.key, caller.tier, caller.end_user,
      terms.model, terms.backend, terms.price, terms.configuration,
      entry.outcome, entry.reason, entry.sent = 1 AS sent, entry.charged = 1 AS charged,
      entry.input_tokens, entry.cached_input_tokens, entry.output_tokens, entry.reasoning_tokens, entry.source,
      entry.cost_nano_usd, entry.refused_nano_usd, entry.receipt, entry.at_micros
    FROM entry
    JOIN node ON node.number = entry.node
    JOIN caller ON caller.id = entry.caller
    JOIN terms ON terms.id = entry.terms;

CREATE VIEW usage_by_day AS
  SELECT (to_timestamp(rollup.start_micros / 1e6) AT TIME ZONE 'UTC')::date AS day,
      caller.tenant, caller.team, caller."user", caller.key, caller.tier, terms.model, terms.backend,
      SUM(rollup.requests) AS requests, SUM(rollup.charged_requests) AS charged_requests,
      SUM(rollup.refused) AS refused,
      SUM(rollup.input_tokens) AS input_tokens, SUM(rollup.cached_input_tokens) AS cached_input_tokens,
      SUM(rollup.output_tokens) AS output_tokens, SUM(rollup.reasoning_tokens) AS reasoning_tokens,
      SUM(rollup.cost_nano_usd) AS cost_nano_usd
    FROM rollup
    JOIN caller ON caller.id = rollup.caller
    JOIN terms ON terms.id = rollup.terms
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
