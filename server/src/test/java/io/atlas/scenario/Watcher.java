package io.atlas.scenario;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An audience that remembers. */
final class Watcher implements Audience {
    final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    final CompletableFuture<Review> review = new CompletableFuture<>();

    @Override
    public void watch(Frame frame) {
        frames.add(frame);
    }

    @Override
    public void applaud(Review all) {
        review.complete(all);
    }

    /** What is told of a tenant at the end. */
    Review.Line of(String tenant) throws Exception {
        return lines().stream()
                .filter(line -> line.tenant().equals(tenant))
                .findFirst()
                .orElseThrow();
    }

    private List<Review.Line> lines() throws Exception {
        return review.get(60, TimeUnit.SECONDS).lines();
    }
}
