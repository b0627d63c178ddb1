package io.atlas.endings;

import io.atlas.endings.Question.Delivery;
import io.atlas.testing.RawAnswer;
import io.atlas.testing.RawAnswer.Then;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a backend may answer with instead of what it should, and what has to come of each. */
final class HostileBackend {
    static final String KEY = "sk-of-the-backend-0123456789";
    static final String ADDRESS = "10.20.30.40";

    private static final String INSIDES = "Traceback (most recent call last) at http://" + ADDRESS + ":8000/v1 with "
            + KEY + " in java.lang.IllegalStateException";
    private static final String JSON_ERROR = "{\"error\":{\"message\":\"" + INSIDES + "\"}}";
    private static final String MESSAGE = "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
            + "\"sun sea oak hill rain stone bird sun\"},\"finish_reason\":\"stop\"}]";
    private static final String WHOLE = "{" + MESSAGE + "," + usage("3", "8") + "}";
    private static final String STREAM_HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    private static final String FINISH = event("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
    private static final String DONE = event("[DONE]");
    private static final String TOTAL = event("{\"choices\":[]," + usage("3", "5") + "}");

    private HostileBackend() {}

    /** What is charged. */
    sealed interface Due {
        record Nothing() implements Due {}

        record Input() implements Due {}

        record Counted(long outputTokens) implements Due {}

        record Reported(long inputTokens, long outputTokens) implements Due {}
    }

    /**
     * An answer, and what has to come of it.
     *
     * @param name that of the model which answers so
     * @param code of the error that the caller sees; empty where it is served
     * @param words that the caller sees of a stream
     */
    record Case(String name, RawAnswer answer, Delivery delivery, int status, String code, int words, Due due) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Map<String, RawAnswer> answers() {
        return cases().stream().collect(Collectors.toMap(Case::name, Case::answer));
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        errors(cases);
        wholeAnswersThatAreNone(cases);
        wholeAnswers(cases);
        streamsThatAreNone(cases);
        brokenStreams(cases);
        oddStreams(cases);
        return cases;
    }

    private static void errors(List<Case> cases) {
        for (String status : List.of("401", "403", "404", "405", "409", "418", "500", "502", "504", "529", "599")) {
            cases.add(error("error-" + status, head(status, "") + sized(JSON_ERROR), 502, "backend_error"));
        }
        for (String status : List.of("400", "413", "422")) {
            cases.add(error(
                    "rejects-" + status,
                    head(status, "") + sized("{\"error\":\"see http://" + ADDRESS + ":8000/v1 with " + KEY + "\"}"),
                    Integer.parseInt(status),
                    "backend_rejected"));
        }
        cases.add(error("busy-429", head("429", "") + sized(JSON_ERROR), 503, "overloaded"));
        cases.add(error("busy-503", head("503", "server: vllm\r\n") + sized(""), 503, "overloaded"));
        cases.add(error("busy-later", head("503", "retry-after: 7\r\n") + sized(JSON_ERROR), 503, "overloaded"));
        String away = "location: http://" + ADDRESS + "/v1/chat/completions\r\nset-cookie: a=b\r\n";
        for (String status : List.of("301", "302", "307", "308")) {
            cases.add(error("redirect-" + status, head(status, away) + sized(""), 502, "backend_error"));
        }
        cases.add(error("made-201", head("201", "") + sized(WHOLE), 502, "backend_error"));
        cases.add(error("empty-204", "HTTP/1.1 204 None\r\n\r\n", 502, "backend_error"));
        cases.add(error("error-cut", head("500", "") + "content-length: 500\r\n\r\n{", 502, "backend_error"));
        cases.add(error("error-huge", head("500", "") + sized("x".repeat(1 << 20)), 502, "backend_error"));
    }

    private static Case error(String name, String text, int status, String code) {
        Then then = name.equals("error-cut") ? Then.CLOSE : Then.KEEP;
        return new Case(name, new RawAnswer(text, then), Delivery.WHOLE, status, code, 0, new Due.Nothing());
    }

    private static void wholeAnswersThatAreNone(List<Case> cases) {
        cases.add(nonsense("error-in-200", sized(JSON_ERROR), new Due.Nothing()));
        cases.add(nonsense("flat-error", sized("{\"object\":\"error\",\"message\":\"no\"}"), new Due.Nothing()));
        cases.add(nonsense("empty", sized(""), new Due.Nothing()));
        cases.add(nonsense("html", sized("<html>" + INSIDES + "</html>"), new Due.Nothing()));
        cases.add(nonsense("half-json", sized(WHOLE.substring(0, 60)), new Due.Nothing()));
        cases.add(nonsense("two-answers", sized(WHOLE + WHOLE), new Due.Nothing()));
        cases.add(nonsense("packed", "content-encoding: gzip\r\n" + sized(WHOLE), new Due.Nothing()));
        cases.add(nonsense("too-short", "content-length: 20\r\n\r\n" + WHOLE, new Due.Nothing()));
        cases.add(nonsense("stream-for-whole", sized("data: " + WHOLE + "\n\ndata: [DONE]\n\n"), new Due.Nothing()));
        cases.add(broken("too-long", "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n" + WHOLE, Then.CLOSE));
        cases.add(broken("reset-in-body", "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n" + WHOLE, Then.RESET));
        cases.add(broken("half-head", "HTTP/1.1 200 OK\r\ncontent-le", Then.RESET));
        cases.add(broken("closed-in-head", "HTTP/1.1 200 OK\r\ncontent-le", Then.CLOSE));
        cases.add(broken("reset-at-once", "", Then.RESET));
        cases.add(broken("closed-at-once", "", Then.CLOSE));
        cases.add(broken(
                "wrong-chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n" + WHOLE, Then.KEEP));
        cases.add(broken(
                "unfinished-chunks",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk(WHOLE),
                Then.CLOSE));
    }

    private static Case nonsense(String name, String rest, Due due) {
        String text = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + rest;
        return new Case(name, new RawAnswer(text, Then.KEEP), Delivery.WHOLE, 502, "backend_error", 0, due);
    }

    private static Case broken(String name, String text, Then then) {
        return new Case(name, new RawAnswer(text, then), Delivery.WHOLE, 502, "backend_error", 0, new Due.Input());
    }

    private static void wholeAnswers(List<Case> cases) {
        cases.add(whole("plain", WHOLE, new Due.Reported(3, 8)));
        cases.add(whole("no-usage", "{" + MESSAGE + "}", new Due.Counted(8)));
        cases.add(whole("null-usage", "{" + MESSAGE + ",\"usage\":null}", new Due.Counted(8)));
        cases.add(whole("text-usage", "{" + MESSAGE + "," + usage("\"3\"", "\"8\"") + "}", new Due.Counted(8)));
        cases.add(whole("negative-usage", "{" + MESSAGE + "," + usage("3", "-8") + "}", new Due.Counted(8)));
        cases.add(whole(
                "huge-usage", "{" + MESSAGE + "," + usage("3", "99999999999999999999") + "}", new Due.Counted(8)));
        cases.add(whole("half-usage", "{" + MESSAGE + ",\"usage\":{\"prompt_tokens\":3}}", new Due.Counted(8)));
        cases.add(whole(
                "double-usage",
                "{" + usage("1", "1") + "," + MESSAGE + "," + usage("3", "8") + "}",
                new Due.Reported(3, 8)));
        cases.add(whole(
                "null-error", "{\"error\":null," + MESSAGE + "," + usage("3", "8") + "}", new Due.Reported(3, 8)));
        String ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + sized(WHOLE);
        cases.add(served("early-hints", "HTTP/1.1 103 Early\r\nlink: </x>\r\n\r\n" + ok, Then.KEEP));
        cases.add(served("followed-by-an-answer", ok + ok, Then.KEEP));
        cases.add(served("without-length", "HTTP/1.1 200 OK\r\n\r\n" + WHOLE, Then.CLOSE));
        cases.add(served("of-old", ok.replace("HTTP/1.1", "HTTP/1.0"), Then.CLOSE));
    }

    private static Case whole(String name, String json, Due due) {
        String text = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + sized(json);
        return new Case(name, new RawAnswer(text, Then.KEEP), Delivery.WHOLE, 200, "", 0, due);
    }

    private static Case served(String name, String text, Then then) {
        return new Case(name, new RawAnswer(text, then), Delivery.WHOLE, 200, "", 0, new Due.Reported(3, 8));
    }

    private static void streamsThatAreNone(List<Case> cases) {
        cases.add(noStream("json-for-stream", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + sized(WHOLE)));
        cases.add(noStream("html-for-stream", "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n" + sized(INSIDES)));
        cases.add(noStream(
                "packed-stream",
                STREAM_HEAD.replace("transfer", "content-encoding: gzip\r\ntransfer") + end(words(5))));
        cases.add(noStream("error-first", STREAM_HEAD + end(event(JSON_ERROR))));
        cases.add(noStream("named-error-first", STREAM_HEAD + end("event: error\n" + event(JSON_ERROR))));
        cases.add(noStream("flat-error-first", STREAM_HEAD + end(event("{\"object\":\"error\",\"message\":\"no\"}"))));
        cases.add(noStream("garbage-first", STREAM_HEAD + end(event("<html>" + INSIDES))));
        cases.add(noStream("no-object-first", STREAM_HEAD + end(event("[1,2]"))));
        cases.add(noStream("no-choices-first", STREAM_HEAD + end(event("{\"id\":\"x\"}"))));
        cases.add(noStream("nothing-but-done", STREAM_HEAD + end(DONE)));
        cases.add(noStream("long-line-first", STREAM_HEAD + chunk("data: " + "x".repeat(10 << 20))));
        cases.add(new Case(
                "no-event-at-all",
                new RawAnswer(STREAM_HEAD + "0\r\n\r\n", Then.KEEP),
                Delivery.STREAMED,
                502,
                "backend_error",
                0,
                new Due.Input()));
    }

    private static Case noStream(String name, String text) {
        return new Case(
                name, new RawAnswer(text, Then.KEEP), Delivery.STREAMED, 502, "backend_error", 0, new Due.Nothing());
    }

    private static void brokenStreams(List<Case> cases) {
        cases.add(cut("error-event", STREAM_HEAD + end(words(5) + event(JSON_ERROR) + DONE), Then.KEEP));
        cases.add(cut(
                "named-error-event", STREAM_HEAD + end(words(5) + "event: error\n" + event(JSON_ERROR)), Then.KEEP));
        cases.add(cut("flat-error-event", STREAM_HEAD + end(words(5) + event("{\"object\":\"error\"}")), Then.KEEP));
        cases.add(cut("garbage-event", STREAM_HEAD + end(words(5) + event("{\"choices\":[") + DONE), Then.KEEP));
        cases.add(cut("no-finish", STREAM_HEAD + end(words(5)), Then.KEEP));
        cases.add(cut("closed-in-stream", STREAM_HEAD + chunk(words(5)), Then.CLOSE));
        cases.add(cut("reset-in-event", STREAM_HEAD + chunk(words(5) + "data: {\"cho"), Then.CLOSE));
        cases.add(cut("wrong-chunk-in-stream", STREAM_HEAD + chunk(words(5)) + "-1\r\n", Then.KEEP));
        cases.add(cut("long-line", STREAM_HEAD + chunk(words(5)) + chunk("data: " + "x".repeat(10 << 20)), Then.KEEP));
        cases.add(cut("long-comment", STREAM_HEAD + chunk(words(5)) + chunk(":" + "x".repeat(10 << 20)), Then.KEEP));
    }

    private static Case cut(String name, String text, Then then) {
        return new Case(
                name, new RawAnswer(text, then), Delivery.STREAMED, 200, "stream_broken", 5, new Due.Counted(5));
    }

    private static void oddStreams(List<Case> cases) {
        String good = words(5) + FINISH + TOTAL + DONE;
        cases.add(odd("good", end(good), new Due.Reported(3, 5)));
        cases.add(odd("no-done", end(words(5) + FINISH + TOTAL), new Due.Reported(3, 5)));
        cases.add(odd("done-without-finish", end(words(5) + DONE), new Due.Counted(5)));
        cases.add(odd("bytes-after-done", end(good + words(5) + "junk"), new Due.Reported(3, 5)));
        cases.add(odd("comment-flood", end(":\n".repeat(100_000) + good), new Due.Reported(3, 5)));
        cases.add(odd("bom", end("\u00ef\u00bb\u00bf" + good), new Due.Reported(3, 5)));
        cases.add(odd("crlf", end(good.replace("\n", "\r\n")), new Due.Reported(3, 5)));
        cases.add(odd("cr", end(good.replace("\n", "\r")), new Due.Reported(3, 5)));
        cases.add(odd("no-space", end(good.replace("data: ", "data:")), new Due.Reported(3, 5)));
        cases.add(odd("space-after-done", end(good.replace("[DONE]", "[DONE] ")), new Due.Reported(3, 5)));
        cases.add(odd("no-last-blank-line", end(good.stripTrailing()), new Due.Reported(3, 5)));
        cases.add(odd("fields", end("id: 1\nretry: 9\nevent: message\n" + good), new Due.Reported(3, 5)));
        cases.add(odd(
                "empty-data", end("data:\n\n" + good.replace(FINISH, "data\n\n" + FINISH)), new Due.Reported(3, 5)));
        cases.add(odd("many-lines", end(good.replace("{\"choices\"", "{\ndata: \"choices\"")), new Due.Reported(3, 5)));
        cases.add(odd(
                "preamble",
                end(event("{\"choices\":[],\"prompt_filter_results\":[]}") + good),
                new Due.Reported(3, 5)));
        cases.add(odd(
                "two-totals",
                end(words(5) + FINISH + event("{\"choices\":[]," + usage("1", "1") + "}") + TOTAL + DONE),
                new Due.Reported(3, 5)));
        cases.add(odd(
                "negative-total",
                end(words(5) + FINISH + event("{\"choices\":[]," + usage("3", "-5") + "}") + DONE),
                new Due.Counted(5)));
        cases.add(odd("bytewise", bytewise(good), new Due.Reported(3, 5)));
    }

    private static Case odd(String name, String body, Due due) {
        return new Case(name, new RawAnswer(STREAM_HEAD + body, Then.KEEP), Delivery.STREAMED, 200, "", 5, due);
    }

    private static String words(int count) {
        return event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" sun\"},\"finish_reason\":null}]}")
                .repeat(count);
    }

    private static String event(String data) {
        return "data: " + data + "\n\n";
    }

    private static String usage(String input, String output) {
        return "\"usage\":{\"prompt_tokens\":" + input + ",\"completion_tokens\":" + output + "}";
    }

    private static String head(String status, String fields) {
        return "HTTP/1.1 " + status + " So\r\ncontent-type: application/json\r\n" + fields;
    }

    private static String sized(String body) {
        return "content-length: " + body.getBytes(StandardCharsets.ISO_8859_1).length + "\r\n\r\n" + body;
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static String end(String text) {
        return chunk(text) + "0\r\n\r\n";
    }

    private static String bytewise(String text) {
        StringBuilder chunks = new StringBuilder();
        text.chars().forEach(one -> chunks.append(chunk(String.valueOf((char) one))));
        return chunks.append("0\r\n\r\n").toString();
    }
}
