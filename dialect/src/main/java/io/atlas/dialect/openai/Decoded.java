package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Fault;

/** What became of a body: a request, or what is wrong with it. */
public sealed interface Decoded {
    /** A request that may be served. */
    record Request(OpenAiRequest request) implements Decoded {}

    /** A body that is refused. */
    record Wrong(Fault fault) implements Decoded {}
}
