package io.atlas.kernel.pool;

import io.atlas.kernel.quota.Kind;
import java.util.OptionalLong;

/**
 * What a provider said with an answer of one of its quotas.
 *
 * @param kind what it counts
 * @param limit all of it, at least 1
 * @param remaining what was left of it
 * @param fullAfterMicros until all of it is there again if nothing more comes, where that is said
 */
public record Told(Kind kind, long limit, long remaining, OptionalLong fullAfterMicros) {}
