package io.atlas.replay.redis;

import io.atlas.dialect.neutral.Fault;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Recording;
import io.atlas.replay.RequestName;
import io.atlas.replay.Standing;
import io.vertx.core.buffer.Buffer;
import java.util.OptionalLong;

/** What one node says to another, or to all. A search has a number on the node that asks. */
sealed interface Message {
    /** To all: who knows the answer to that request? */
    record Seek(String from, long search, RequestName.Printed name) implements Message {}

    /** To who asked: how it stands here. */
    record Known(long search, String from, Standing standing) implements Message {}

    /** To the one who knows: say it. */
    record Follow(String from, long search, RequestName.Printed name) implements Message {}

    /** To the one who says it: nobody waits for it any more. */
    record Leave(String from, long search) implements Message {}

    /** What of an answer is said to who follows it. */
    sealed interface Said extends Message {
        /** Of which search. */
        long search();
    }

    /** It is on its way still, or its head is known now. */
    record Coming(long search, Recording.Head head) implements Said {}

    /** Nothing new. */
    record Alive(long search) implements Said {}

    /** More bytes of a stream, from that one on. */
    record News(long search, int from, Buffer bytes) implements Said {}

    /** It was given: of a stream the bytes from that one on. */
    record Given(long search, int from, KeptAnswer answer) implements Said {}

    /** It has become too large to be given to others. */
    record Outgrown(long search) implements Said {}

    /** There is none. */
    record Failed(long search, Fault fault, OptionalLong retryAfterMillis) implements Said {}

    /** It is not known here any more. */
    record Forgotten(long search) implements Said {}

    /** To all: it was sent, and nobody was served by it. */
    record Unserved(String from, RequestName name, long begunMicros) implements Message {}

    /** To all: it was served. */
    record Served(String from, RequestName name) implements Message {}
}
