package io.atlas.alert;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One time that an alert was sent.
 *
 * @param status of the answer; absent where none came
 * @param error a word for why none came
 */
public record Attempt(long atMicros, long tookMicros, OptionalInt status, Optional<String> error) {}
