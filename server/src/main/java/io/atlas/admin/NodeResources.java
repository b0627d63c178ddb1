package io.atlas.admin;

import io.atlas.answer.Rfc3339;
import io.atlas.ledger.LedgerException;
import io.atlas.nodes.NodeRegistry;
import io.atlas.nodes.RollCall;
import io.atlas.nodes.Sign;
import io.atlas.store.StoreAway;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/** What operators ask about all nodes. Every answer may block, so it is asked for on a worker thread. */
public final class NodeResources {
    private static final Logger LOG = LoggerFactory.getLogger(NodeResources.class);

    private final NodeRegistry registry;
    private final String self;

    /** Answers from that registry, at the node of that name. */
    public NodeResources(NodeRegistry registry, String self) {
        this.registry = registry;
        this.self = self;
    }

    /** {@code GET /admin/v1/nodes}: the nodes, and which have another configuration than most. */
    public Answer list() {
        try {
            RollCall call = RollCall.of(registry.all());
            return Answer.ok(Answer.json(json -> write(json, call)));
        } catch (LedgerException | StoreAway e) {
            LOG.atWarn().setCause(e).log("the nodes could not be listed");
            return Answer.error(
                    503, "nodes_unavailable", registry.place() + " cannot be asked for the nodes; the log says why");
        }
    }

    private void write(JsonGenerator json, RollCall call) {
        json.writeStartObject();
        json.writeStringProperty("source", registry.place());
        json.writeBooleanProperty("agreed", call.agreed());
        json.writeName("configuration");
        call.wanted().ifPresentOrElse(json::writeString, json::writeNull);
        json.writeName("nodes");
        json.writeStartArray();
        call.nodes().forEach(node -> write(json, node));
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(JsonGenerator json, RollCall.Present node) {
        Sign sign = node.seen().sign();
        json.writeStartObject();
        json.writeStringProperty("node", sign.node());
        json.writeBooleanProperty("this", sign.node().equals(self));
        json.writeStringProperty("host", sign.host());
        json.writeStringProperty("version", sign.version());
        json.writeStringProperty("state", node.state().name().toLowerCase(Locale.ROOT));
        json.writeNumberProperty("silent_ms", node.seen().silence().toMillis());
        json.writeStringProperty("configuration", sign.configuration());
        json.writeStringProperty("configuration_since", Rfc3339.of(sign.configurationSinceMicros()));
        json.writeBooleanProperty("differs", node.differs());
        json.writeStringProperty("started", Rfc3339.of(sign.startedMicros()));
        json.writeNumberProperty("lag_records", sign.lagRecords());
        json.writeEndObject();
    }
}
