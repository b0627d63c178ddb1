package io.atlas.replay.redis;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.tenant.Caller;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Recording;
import io.atlas.replay.RequestName;
import io.atlas.replay.Standing;
import io.atlas.replay.Texts;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.OptionalLong;

/** Messages as they are sent: a word that says which, its fields as texts, and bytes at the end where there are any. */
final class Packet {
    private final Buffer out = Buffer.buffer();

    private Packet(String word) {
        add(word);
    }

    /** The bytes of a message. */
    static byte[] of(Message message) {
        Packet packet = switch (message) {
            case Message.Seek(String from, long search, RequestName.Printed name) ->
                new Packet("seek").add(from).add(search).add(name);
            case Message.Known(long search, String from, Standing standing) ->
                new Packet("known")
                        .add(search)
                        .add(from)
                        .add(standing.firsts())
                        .add(standing.answer().name());
            case Message.Follow(String from, long search, RequestName.Printed name) ->
                new Packet("follow").add(from).add(search).add(name);
            case Message.Leave(String from, long search) ->
                new Packet("leave").add(from).add(search);
            case Message.Unserved(String from, RequestName name, long begunMicros) ->
                new Packet("unserved").add(from).add(begunMicros).add(name);
            case Message.Served(String from, RequestName name) ->
                new Packet("served").add(from).add(name);
            case Message.Said said -> said(said);
        };
        return packet.out.getBytes();
    }

    /** The bytes of a name alone. */
    static byte[] of(RequestName name) {
        return new Packet("").add(name).out.getBytes();
    }

    private static Packet said(Message.Said message) {
        return switch (message) {
            case Message.Coming(long search, Recording.Head head) ->
                new Packet("coming")
                        .add(search)
                        .add(head.decision())
                        .add(head.served().model())
                        .add(head.served().backend())
                        .add(head.maxTokens().orElse(""));
            case Message.Alive(long search) -> new Packet("alive").add(search);
            case Message.News(long search, int from, Buffer bytes) ->
                new Packet("more").add(search).add(from).rest(bytes);
            case Message.Given(long search, int from, KeptAnswer answer) ->
                new Packet("answer").add(search).add(from).add(answer);
            case Message.Outgrown(long search) -> new Packet("outgrown").add(search);
            case Message.Failed(long search, Fault fault, OptionalLong retryAfterMillis) ->
                new Packet("failed")
                        .add(search)
                        .add(fault.reason().name())
                        .add(fault.status())
                        .add(fault.type())
                        .add(fault.code())
                        .add(fault.message())
                        .add(fault.param().orElse(""))
                        .add(retryAfterMillis.orElse(-1));
            case Message.Forgotten(long search) -> new Packet("forgotten").add(search);
        };
    }

    /**
     * The message of these bytes; empty for a word that this version does not know.
     *
     * @throws RuntimeException where they are no message at all
     */
    static Optional<Message> read(byte[] bytes) {
        Texts in = new Texts(Buffer.buffer(bytes), 0);
        return Optional.ofNullable(
                switch (in.next()) {
                    case "seek" -> new Message.Seek(in.next(), in.number(), printed(in));
                    case "known" -> new Message.Known(in.number(), in.next(), standing(in));
                    case "follow" -> new Message.Follow(in.next(), in.number(), printed(in));
                    case "leave" -> new Message.Leave(in.next(), in.number());
                    case "coming" -> new Message.Coming(in.number(), head(in));
                    case "alive" -> new Message.Alive(in.number());
                    case "more" -> new Message.News(in.number(), (int) in.number(), in.rest());
                    case "answer" -> new Message.Given(in.number(), (int) in.number(), KeptAnswer.read(in));
                    case "outgrown" -> new Message.Outgrown(in.number());
                    case "failed" -> new Message.Failed(in.number(), fault(in), millis(in));
                    case "forgotten" -> new Message.Forgotten(in.number());
                    case "unserved" -> unserved(in);
                    case "served" -> new Message.Served(in.next(), name(in));
                    default -> null;
                });
    }

    private Packet add(String text) {
        Texts.append(out, text);
        return this;
    }

    private Packet add(long number) {
        return add(Long.toString(number));
    }

    private Packet add(KeptAnswer answer) {
        answer.write(out);
        return this;
    }

    private Packet rest(Buffer bytes) {
        out.appendBuffer(bytes);
        return this;
    }

    private Packet add(RequestName name) {
        return switch (name) {
            case RequestName.Keyed(String hex) -> add(hex);
            case RequestName.Printed(Caller caller, String route, int bytes, long print) ->
                add("").add(caller.tenant())
                        .add(caller.team().orElse(""))
                        .add(caller.user().orElse(""))
                        .add(caller.key())
                        .add(caller.tier())
                        .add(caller.endUser().orElse(""))
                        .add(route)
                        .add(bytes)
                        .add(print);
        };
    }

    private static RequestName name(Texts in) {
        String hex = in.next();
        if (!hex.isEmpty()) {
            return new RequestName.Keyed(hex);
        }
        Caller caller = new Caller(in.next(), text(in), text(in), in.next(), in.next(), text(in));
        return new RequestName.Printed(caller, in.next(), (int) in.number(), in.number());
    }

    private static RequestName.Printed printed(Texts in) {
        return (RequestName.Printed) name(in);
    }

    private static Standing standing(Texts in) {
        return new Standing((int) in.number(), Standing.Answer.valueOf(in.next()));
    }

    private static Recording.Head head(Texts in) {
        return new Recording.Head(in.next(), new Served(in.next(), in.next()), text(in));
    }

    private static Fault fault(Texts in) {
        return new Fault(Reason.valueOf(in.next()), (int) in.number(), in.next(), in.next(), in.next(), text(in));
    }

    private static OptionalLong millis(Texts in) {
        long millis = in.number();
        return millis < 0 ? OptionalLong.empty() : OptionalLong.of(millis);
    }

    private static Message unserved(Texts in) {
        String from = in.next();
        long begunMicros = in.number();
        return new Message.Unserved(from, name(in), begunMicros);
    }

    private static Optional<String> text(Texts in) {
        return Optional.of(in.next()).filter(text -> !text.isEmpty());
    }
}
