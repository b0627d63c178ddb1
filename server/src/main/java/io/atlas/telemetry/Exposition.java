package io.atlas.telemetry;

/** The answer to a scrape, to be sent as UTF-8. */
public record Exposition(String contentType, String body) {}
