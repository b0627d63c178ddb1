package io.atlas.kernel.fair;

import java.util.OptionalLong;

/**
 * Those of one team who wait before one backend.
 *
 * @param team empty for what sits directly under the tenant
 * @param waiting how many they are
 * @param waitMicros how long one more of them would wait, where enough has been seen to say so
 */
public record Crowd(String tenant, String team, int priority, int waiting, OptionalLong waitMicros) {}
