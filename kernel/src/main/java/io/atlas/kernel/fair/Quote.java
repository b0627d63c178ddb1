package io.atlas.kernel.fair;

import java.util.OptionalLong;

/**
 * What somebody who has to wait may expect.
 *
 * @param place of his own team's requests, which one he is, counted from 1
 * @param waiting how many wait at all, he himself included
 * @param waitMicros how long it will take, where enough has been seen to say so
 */
public record Quote(int place, int waiting, OptionalLong waitMicros) {}
