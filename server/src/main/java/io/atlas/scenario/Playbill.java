package io.atlas.scenario;

/** What is to be played, and for whom. */
public record Playbill(Scenario scenario, Audience audience) {}
