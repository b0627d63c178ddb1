package io.atlas.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Another process of this Java, with the class path of the tests, to be killed. */
public final class ChildJvm {
    private static final int ID_LENGTH = "req_".length() + 32;

    private ChildJvm() {}

    /** Starts the class's {@code main}; its errors go to those of this process. */
    public static Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The ids of requests, one a line, that the process writes until it is killed for having written so many. */
    public static Set<String> idsUntilKilled(Process process, int enough) throws IOException, InterruptedException {
        Set<String> ids = new HashSet<>();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            while (line != null) {
                if (line.length() == ID_LENGTH) {
                    ids.add(line);
                }
                if (ids.size() == enough) {
                    process.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        }
        process.waitFor();
        assertThat(ids).hasSizeGreaterThanOrEqualTo(enough);
        return ids;
    }
}
