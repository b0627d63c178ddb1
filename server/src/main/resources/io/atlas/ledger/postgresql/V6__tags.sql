-- What requests were for, as one text: env=prod,feature=search.
ALTER TABLE terms ADD COLUMN tags text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE terms DROP CONSTRAINT terms_model_backend_price_configuration_instead_key;
ALTER TABLE terms ADD UNIQUE (model, backend, price, configuration, instead, tags);

-- Under the name that each node's own database has for it, so that both read the same question.
CREATE FUNCTION instr(whole text, part text) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT strpos(whole, part)';
