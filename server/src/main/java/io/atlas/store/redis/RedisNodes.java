package io.atlas.store.redis;

import io.atlas.nodes.NodeRegistry;
import io.atlas.nodes.SeenNode;
import io.atlas.nodes.Sign;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What nodes say of themselves, in one hash by their names, by the clock of the server. */
record RedisNodes(Link link) implements NodeRegistry {
    private static final byte[] SIGNS = Names.bytes("atlas:node-signs");

    /** None of the texts has it: they are names of hosts, versions and digests. */
    private static final String BETWEEN = "\t";

    private static final int FIELDS = 7;

    @Override
    public String place() {
        return "redis";
    }

    @Override
    public void say(Sign sign) {
        String value = String.join(
                BETWEEN,
                "" + link.clockMicros(),
                sign.host(),
                sign.version(),
                sign.configuration(),
                "" + sign.configurationSinceMicros(),
                "" + sign.startedMicros(),
                "" + sign.lagRecords());
        Link.await(link.commands().hset(SIGNS, Names.bytes(sign.node()), Names.bytes(value)));
    }

    @Override
    public void leave(String node) {
        Link.await(link.commands().hdel(SIGNS, Names.bytes(node)));
    }

    @Override
    public List<SeenNode> all() {
        long now = link.clockMicros();
        List<SeenNode> all = new ArrayList<>();
        Link.await(link.commands().hgetall(SIGNS)).forEach((node, value) -> {
            Optional<SeenNode> seen = read(text(node), text(value), now);
            seen.ifPresentOrElse(all::add, () -> leave(text(node)));
        });
        all.sort(Comparator.comparing(seen -> seen.sign().node()));
        return all;
    }

    /** Empty where it is older than anybody wants to know, or nothing that this version understands. */
    private static Optional<SeenNode> read(String node, String value, long nowMicros) {
        String[] fields = value.split(BETWEEN, -1);
        if (fields.length != FIELDS) {
            return Optional.empty();
        }
        Duration silence = Duration.of(Math.max(0, nowMicros - Long.parseLong(fields[0])), ChronoUnit.MICROS);
        Sign sign = new Sign(
                node,
                fields[1],
                fields[2],
                fields[3],
                Long.parseLong(fields[4]),
                Long.parseLong(fields[5]),
                Long.parseLong(fields[6]));
        return Optional.of(new SeenNode(sign, silence)).filter(seen -> silence.toHours() < FORGOTTEN_HOURS);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
