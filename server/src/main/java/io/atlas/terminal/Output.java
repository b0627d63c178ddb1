package io.atlas.terminal;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** How a command writes its data. */
public enum Output {
    TABLE,
    JSON,
    YAML,
    CSV;

    /** Writes the answer in this format. */
    public void print(Answer answer, PrintWriter out) {
        switch (this) {
            case TABLE -> out.print(answer.text());
            case JSON -> out.println(answer.json().toPrettyString());
            case YAML -> out.print(yaml(answer.json()));
            case CSV -> out.print(answer.csv());
        }
        out.flush();
    }

    /** The writer is made here because only one command in many needs it, and it costs every start. */
    private static String yaml(JsonNode json) {
        return YAMLMapper.builder()
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                .build()
                .writeValueAsString(json);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The option that chooses it. */
    public static final class Choice {
        @CommandLine.Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "Format of the data: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
        private Output output = TABLE;

        public Output output() {
            return output;
        }
    }
}
