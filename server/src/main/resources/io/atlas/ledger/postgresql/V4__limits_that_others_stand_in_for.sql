-- The sorts of the limits of its tier that a request does not count on, since others stand in for them.
ALTER TABLE terms ADD COLUMN instead text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE terms DROP CONSTRAINT terms_model_backend_price_configuration_key;
ALTER TABLE terms ADD UNIQUE (model, backend, price, configuration, instead);
