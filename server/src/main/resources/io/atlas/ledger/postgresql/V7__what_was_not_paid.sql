-- What was not paid, in each quarter of an hour: answers that were given again, and what they had cost; turns that were
-- left out; cheaper models; and what limits refused. Only rows in which there is something.
CREATE TABLE spared (
  start_micros bigint NOT NULL,
  caller bigint NOT NULL,
  terms bigint NOT NULL,
  node integer NOT NULL,
  replayed bigint NOT NULL,
  replay_nano_usd bigint NOT NULL,
  trim_nano_usd bigint NOT NULL,
  downgrade_nano_usd bigint NOT NULL,
  refused_nano_usd bigint NOT NULL,
  PRIMARY KEY (start_micros, caller, terms, node)
);

-- Of lines that are there already, what can be known without reading their receipts.
INSERT INTO spared
  SELECT at_micros / 900000000 * 900000000, caller, terms, node, 0, 0, 0, 0, SUM(refused_nano_usd)
    FROM entry WHERE refused_nano_usd > 0 GROUP BY 1, 2, 3, 4;
