-- Tokens weighed by price. Lines from before were not weighed, and count as 0.
ALTER TABLE entry ADD COLUMN credits bigint NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN credits bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW line AS
  SELECT to_timestamp(entry.at_micros / 1e6) AS at, entry.id, node.id AS node,
      caller.tenant, caller.team, caller."user", caller.key, caller.tier, caller.end_user,
      terms.model, terms.backend, terms.price, terms.configuration,
      entry.outcome, entry.reason, entry.sent = 1 AS sent, entry.charged = 1 AS charged,
      entry.input_tokens, entry.cached_input_tokens, entry.output_tokens, entry.reasoning_tokens, entry.source,
      entry.cost_nano_usd, entry.refused_nano_usd, entry.receipt, entry.at_micros, entry.replayed = 1 AS replayed,
      entry.provider_cost_nano_usd, entry.credits
    FROM entry
    JOIN node ON node.number = entry.node
    JOIN caller ON caller.id = entry.caller
    JOIN terms ON terms.id = entry.terms;

CREATE OR REPLACE VIEW usage_by_day AS
  SELECT (to_timestamp(rollup.start_micros / 1e6) AT TIME ZONE 'UTC')::date AS day,
      caller.tenant, caller.team, caller."user", caller.key, caller.tier, terms.model, terms.backend,
      SUM(rollup.requests) AS requests, SUM(rollup.charged_requests) AS charged_requests,
      SUM(rollup.refused) AS refused,
      SUM(rollup.input_tokens) AS input_tokens, SUM(rollup.cached_input_tokens) AS cached_input_tokens,
      SUM(rollup.output_tokens) AS output_tokens, SUM(rollup.reasoning_tokens) AS reasoning_tokens,
      SUM(rollup.cost_nano_usd) AS cost_nano_usd, SUM(rollup.replayed) AS replayed,
      SUM(rollup.provider_cost_nano_usd) AS provider_cost_nano_usd, SUM(rollup.credits) AS credits
    FROM rollup
    JOIN caller ON caller.id = rollup.caller
    JOIN terms ON terms.id = rollup.terms
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
