package io.atlas.endings;

import io.atlas.endings.Question.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Many callers, who ask one question after the other until they are told to stop, and note what became of each. */
final class Crowd implements AutoCloseable {
    /** What a caller has seen of an answer. */
    enum Seen {
        /** All of it. */
        WHOLE,
        /** A part of it. */
        TRUNCATED,
        /** Nothing. */
        NOTHING,
        /** That it is not served. */
        REFUSED
    }

    /** An answer as far as it came. */
    record Answer(String mark, String id, Seen seen) {}

    private final AtomicBoolean going = new AtomicBoolean(true);
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Thread> callers = new ArrayList<>();

    private Crowd() {}

    /** So many callers, each with a key and a model by chance. */
    static Crowd of(int size, int port, List<String> keys, List<String> models, AtomicInteger number, long seed) {
        Crowd crowd = new Crowd();
        for (int i = 0; i < size; i++) {
            Random random = new Random(seed + i);
            crowd.callers.add(Thread.ofVirtual().name("caller-" + i).start(() -> {
                while (crowd.going.get()) {
                    String model = models.get(random.nextInt(models.size()));
                    Delivery delivery = Delivery.ALL.get(random.nextInt(Delivery.ALL.size()));
                    Question question = Question.to(model, "r" + number.getAndIncrement())
                            .saying("word ".repeat(1 + random.nextInt(40)).strip())
                            .delivered(delivery);
                    crowd.answers.add(ask(port, keys.get(random.nextInt(keys.size())), question));
                }
            }));
        }
        return crowd;
    }

    /** What was answered so far. */
    List<Answer> answers() {
        return List.copyOf(answers);
    }

    /** How many answers came whole. */
    long whole() {
        return answers.stream().filter(answer -> answer.seen == Seen.WHOLE).count();
    }

    /** Lets everybody come to the end of the question that is asked, and returns what was answered. */
    List<Answer> end() throws InterruptedException {
        going.set(false);
        for (Thread caller : callers) {
            caller.join(Await.PATIENCE);
        }
        return answers();
    }

    @Override
    public void close() {
        going.set(false);
    }

    private static Answer ask(int port, String key, Question question) {
        String id = "";
        Seen seen = Seen.NOTHING;
        try (Conversation conversation = Conversation.ask(port, key, question)) {
            int status = conversation.status();
            id = conversation.header("x-atlas-decision");
            seen = Seen.TRUNCATED;
            boolean whole = conversation.endsWell();
            seen = status != 200 ? Seen.REFUSED : whole ? Seen.WHOLE : Seen.TRUNCATED;
        } catch (IOException _) {
            // How far it came stands in what was seen.
        }
        return new Answer(question.mark(), id, seen);
    }
}
