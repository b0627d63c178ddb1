package io.atlas.upstream.sim;

import tools.jackson.databind.JsonNode;

/** A function that the model may call, with the JSON Schema of its arguments. */
record Tool(String name, JsonNode parameters) {}
