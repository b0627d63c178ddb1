package io.atlas.alert;

/**
 * That a mark of a limit was reached in a window, which is told once.
 *
 * @param mark its word
 * @param windowEndMicros of the window, which tells it from all others
 * @param amount of the limit at that time
 */
public record Firing(String limit, String mark, long windowEndMicros, long amount) {}
