package io.atlas.exchange;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.quota.Verdict;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** The last thing that is written to the caller, once the request is in the ledger. */
public sealed interface Farewell {
    /** An error answer; or, where the answer has begun, one error event. */
    record Failure(Fault fault, Optional<Verdict.Refused> refused) implements Farewell {}

    /** The error answer where it is known when to come back. */
    record ComeBack(Fault fault, long retryAfterMillis) implements Farewell {}

    /** The error answer to a request for a model that the caller's tier does not have, or that cannot do what is asked. */
    record Outside(Fault fault, Asking asking) implements Farewell {}

    /** A whole answer. */
    record Whole(String contentType, Buffer body) implements Farewell {}

    /** The last bytes of a stream. */
    record EndOfStream(Buffer bytes) implements Farewell {}

    /** Nobody is there any more, or nobody reads: the connection is closed. */
    record Nothing() implements Farewell {}
}
