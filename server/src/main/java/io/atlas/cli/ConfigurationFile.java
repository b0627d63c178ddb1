package io.atlas.cli;

import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;

/** A configuration file as a command names it. */
record ConfigurationFile(Path path) {
    private static final int MAX_BYTES = 4 << 20;

    /** Reads it whole; a file that is not there or too long ends the command. */
    Reading read(Environment environment, TimeSource time) {
        LocalDate today = time.today();
        return ConfigurationReader.read(path.toString(), bytes(), environment, today);
    }

    private byte[] bytes() {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new Failure(ExitCode.INVALID, path + ": longer than 4 MiB");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new Failure(ExitCode.INVALID, path + ": no such file", e);
        } catch (IOException e) {
            throw new Failure(ExitCode.INVALID, path + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
