package io.atlas.replay.redis;

import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** An answer of this node on its way to another, from its beginning. It is one of those who have joined. */
final class Forward implements Runnable {
    private final Recording recording;
    private final long search;
    private final Function<Message, CompletionStage<?>> say;
    private int offset;
    private boolean begun;
    private boolean over;

    /**
     * From that recording.
     *
     * @param say to the node that asked
     */
    Forward(Recording recording, long search, Function<Message, CompletionStage<?>> say) {
        this.recording = recording;
        this.search = search;
        this.say = say;
    }

    void begin() {
        recording.join(this);
        run();
    }

    /** Whether nothing more is said. */
    synchronized boolean over() {
        return over;
    }

    /** There is something new. */
    @Override
    public synchronized void run() {
        if (over) {
            return;
        }
        Recording.View view = recording.from(offset);
        if (view.lost()) {
            end(new Message.Outgrown(search));
            return;
        }
        view.head().filter(_ -> !begun).ifPresent(head -> {
            begun = true;
            say(new Message.Coming(search, head));
        });
        if (view.end().isPresent()) {
            end(last(view.end().orElseThrow()));
        } else if (view.news().length() > 0) {
            int from = offset;
            offset += view.news().length();
            say(new Message.News(search, from, view.news()));
        }
    }

    /** Nobody waits for it any more. */
    synchronized void leave() {
        over = true;
        recording.leave(this);
    }

    /** Who was not told of a part is told nothing more: he hears that nobody gives it to him any more. */
    private void say(Message message) {
        say.apply(message).whenComplete((_, failure) -> {
            if (failure != null) {
                leave();
            }
        });
    }

    private void end(Message last) {
        say(last);
        leave();
    }

    private Message last(End end) {
        return switch (end) {
            case End.Answered answered -> new Message.Given(search, offset, rest(answered.live()));
            case End.Outgrown _ -> new Message.Outgrown(search);
            case End.Unserved unserved -> new Message.Failed(search, unserved.fault(), unserved.retryAfterMillis());
        };
    }

    private KeptAnswer rest(KeptAnswer all) {
        return offset == 0
                ? all
                : new KeptAnswer(
                        all.decision(),
                        all.served(),
                        all.maxTokens(),
                        all.form(),
                        all.contentType(),
                        all.body().getBuffer(offset, all.body().length()));
    }
}
