package io.atlas.testing;

import java.time.Duration;

/**
 * What the upstream does about a request, read from the name of the model:
 *
 * <ul>
 *   <li>{@code echo} says the words of the last message again
 *   <li>{@code words-12} says 12 words; any other name says 8
 *   <li>{@code slow-20-50} says 20 words, 50 ms apart
 *   <li>{@code error-429} answers with that status, with {@code Retry-After: 1} where it is 429 or 503
 *   <li>{@code flaky-10} answers each tenth of all requests with the status 500, and says 8 words to the others
 *   <li>{@code cut-5} resets the connection after 5 of 10 words, or without a plain answer
 *   <li>{@code stall-5} says nothing more after 5 of 10 words, and never gives a plain answer
 *   <li>{@code hang} says nothing at all, not even a status
 *   <li>{@code stop-5} ends a stream in order after 5 of 10 words, or a plain answer within its JSON
 *   <li>{@code undone} says 8 words and ends a stream without its {@code [DONE]}
 *   <li>{@code fault-5} sends an error instead of the rest after 5 of 10 words, under the status 200
 *   <li>{@code nonsense} says what is no JSON
 *   <li>{@code overcount-300} says 8 words and reports 308 tokens
 *   <li>{@code no-usage} says 8 words and never reports usage
 *   <li>{@code tool} calls the first tool of the request, in 3 tokens
 *   <li>{@code agent} does so where the last message is no result of a tool, and says 8 words where it is one; a
 *       conversation that has a call without its result, or a result without its call, is an error 400
 * </ul>
 */
sealed interface Behaviour {
    int DEFAULT_WORDS = 8;
    int WORDS_BEFORE_A_FAULT = 10;

    /** Says that many words. */
    record Speak(int words, Duration pause, int overcount) implements Behaviour {}

    /** Says the words of the question. */
    record Echo() implements Behaviour {}

    /** Keeps its usage to itself. */
    record Conceal() implements Behaviour {}

    /** Calls a tool. */
    record Call() implements Behaviour {}

    /** Calls a tool, and answers by its result. */
    record Converse() implements Behaviour {}

    /** Answers with an error. */
    record Fail(int status) implements Behaviour {}

    /** Resets the connection after that many words. */
    record Cut(int words) implements Behaviour {}

    /** Falls silent after that many words. */
    record Stall(int words) implements Behaviour {}

    /** Ends in order after that many words. */
    record Stop(int words) implements Behaviour {}

    /** Says all and leaves the mark of the end out. */
    record Undone() implements Behaviour {}

    /** Sends an error after that many words. */
    record Fault(int words) implements Behaviour {}

    /** Says what nobody understands. */
    record Nonsense() implements Behaviour {}

    /** Says these bytes. */
    record Recite(RawAnswer answer) implements Behaviour {}

    /** The behaviour that a model's name stands for, at the request of that number. */
    static Behaviour of(String model, int number) {
        String[] part = model.split("-", -1);
        return switch (part[0]) {
            case "echo" -> new Echo();
            case "words" -> new Speak(number(part, 1), Duration.ZERO, 0);
            case "slow" -> new Speak(number(part, 1), Duration.ofMillis(number(part, 2)), 0);
            case "error" -> new Fail(number(part, 1));
            case "flaky" -> number % number(part, 1) == 0 ? new Fail(500) : new Speak(DEFAULT_WORDS, Duration.ZERO, 0);
            case "cut" -> new Cut(number(part, 1));
            case "stall" -> new Stall(number(part, 1));
            case "hang" -> new Stall(0);
            case "stop" -> new Stop(number(part, 1));
            case "undone" -> new Undone();
            case "fault" -> new Fault(number(part, 1));
            case "nonsense" -> new Nonsense();
            case "overcount" -> new Speak(DEFAULT_WORDS, Duration.ZERO, number(part, 1));
            case "no" -> new Conceal();
            case "tool" -> new Call();
            case "agent" -> new Converse();
            default -> new Speak(DEFAULT_WORDS, Duration.ZERO, 0);
        };
    }

    private static int number(String[] parts, int index) {
        return Integer.parseInt(parts[index]);
    }
}
