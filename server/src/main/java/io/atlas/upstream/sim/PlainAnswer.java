package io.atlas.upstream.sim;

import io.atlas.upstream.sim.Script.Choice;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A script as one JSON object. */
final class PlainAnswer {
    private PlainAnswer() {}

    static String of(Script script, long createdSeconds) {
        ObjectNode root = Json.object()
                .put("id", script.id())
                .put("object", script.shape().whole())
                .put("created", createdSeconds)
                .put("model", script.model());
        ArrayNode choices = root.putArray("choices");
        List<Choice> spoken = script.choices();
        for (int i = 0; i < spoken.size(); i++) {
            Choice choice = spoken.get(i);
            ObjectNode node = choices.addObject().put("index", i);
            switch (script.shape()) {
                case CHAT -> message(choice, node.putObject("message").put("role", "assistant"));
                case COMPLETION -> node.put("text", choice.text()).putNull("logprobs");
            }
            node.put("finish_reason", choice.finish().word());
        }
        root.set("usage", Json.usage(script.usage()));
        return Json.text(root);
    }

    private static void message(Choice choice, ObjectNode message) {
        choice.call()
                .ifPresentOrElse(
                        call -> message.putNull("content")
                                .putArray("tool_calls")
                                .addObject()
                                .put("id", call.id())
                                .put("type", "function")
                                .putObject("function")
                                .put("name", call.name())
                                .put("arguments", choice.text()),
                        () -> message.put("content", choice.text()));
    }
}
