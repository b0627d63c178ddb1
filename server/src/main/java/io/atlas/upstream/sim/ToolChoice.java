package io.atlas.upstream.sim;

import io.atlas.upstream.sim.TextRequest.Tool;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Which tool, if any, an answer calls: one that the request demands, else one that the user's words name. */
final class ToolChoice {
    private ToolChoice() {}

    /** What is wrong with {@code tool_choice}, if anything is. */
    static Optional<Fault> fault(JsonNode root) {
        String wanted = function(root);
        List<Tool> tools = tools(root);
        boolean required = root.path("tool_choice").asString("").equals("required");
        if (required && tools.isEmpty()) {
            return Optional.of(Fault.invalid("tool_choice", "tool_choice: required (expected: tools to choose from)"));
        }
        if (!wanted.isEmpty() && tools.stream().noneMatch(tool -> tool.name().equals(wanted))) {
            return Optional.of(Fault.invalid(
                    "tool_choice", "tool_choice: " + wanted + " (expected: the name of one of the tools)"));
        }
        return Optional.empty();
    }

    /** The tool to call; {@code words} are the user's, empty where it is not the user who spoke last. */
    static Optional<Tool> call(JsonNode root, String words) {
        List<Tool> tools = tools(root);
        String choice = root.path("tool_choice").asString("");
        if (choice.equals("none")) {
            return Optional.empty();
        }
        String wanted = function(root);
        if (!wanted.isEmpty()) {
            return tools.stream().filter(tool -> tool.name().equals(wanted)).findFirst();
        }
        Optional<Tool> named =
                tools.stream().filter(tool -> words.contains(tool.name())).findFirst();
        return named.isEmpty() && choice.equals("required") ? tools.stream().findFirst() : named;
    }

    private static String function(JsonNode root) {
        return root.path("tool_choice").path("function").path("name").asString("");
    }

    private static List<Tool> tools(JsonNode root) {
        return root.path("tools")
                .valueStream()
                .map(tool -> tool.path("function"))
                .filter(function -> !function.path("name").asString("").isEmpty())
                .map(function -> new Tool(function.path("name").asString(""), function.path("parameters")))
                .toList();
    }
}
