package io.atlas.delivery;

import io.atlas.upstream.BackendCall;
import io.vertx.core.http.HttpClientResponse;

/** A backend that has begun to answer; the body of its answer is paused. */
public record Answering(Chosen chosen, BackendCall call, HttpClientResponse head) {}
