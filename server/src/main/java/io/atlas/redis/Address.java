package io.atlas.redis;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL in the parts that are read by different readers. The parameter has the name that it has for PostgreSQL.
 *
 * @param url what the client reads
 * @param roots the file of the certificates, in PEM, of those who may sign for the servers; the JDK's where there is none
 */
record Address(String url, Optional<Path> roots) {
    private static final Pattern ROOTS = Pattern.compile("\\?sslrootcert=([^#]+)");

    static Address of(String text) {
        Matcher roots = ROOTS.matcher(text);
        return roots.find()
                ? new Address(
                        text.substring(0, roots.start()) + text.substring(roots.end()),
                        Optional.of(Path.of(roots.group(1))))
                : new Address(text, Optional.empty());
    }
}
