package io.atlas.trace;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/**
 * A body in one piece. The JDK's own publisher copies an array into pieces of 16 KiB first, and hands each through all its
 * stages: of a batch of traces that is half of what sending it costs.
 */
record WholeBody(ByteBuffer bytes) implements BodyPublisher {
    @Override
    public long contentLength() {
        return bytes.remaining();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Once(subscriber, bytes.duplicate()));
    }

    /** Gives it to one subscriber, when it is asked to. */
    private static final class Once implements Subscription {
        private final Subscriber<? super ByteBuffer> subscriber;
        private final ByteBuffer piece;
        private boolean over;

        Once(Subscriber<? super ByteBuffer> subscriber, ByteBuffer piece) {
            this.subscriber = subscriber;
            this.piece = piece;
        }

        @Override
        public synchronized void request(long pieces) {
            if (!over) {
                over = true;
                subscriber.onNext(piece);
                subscriber.onComplete();
            }
        }

        @Override
        public synchronized void cancel() {
            over = true;
        }
    }
}
