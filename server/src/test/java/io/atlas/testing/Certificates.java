package io.atlas.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A private authority, and the certificate that it has signed for a server, made for one test. */
public final class Certificates {
    private static final String PASSWORD = "only-for-this-test";

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes them in a new folder of that name.
     *
     * @param names of the server: {@code ip:127.0.0.1}
     */
    public static Certificates in(Path folder, String names) {
        try {
            Files.createDirectories(folder);
            Path store = folder.resolve("keys.p12");
            keytool(store, "-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c");
            keytool(store, "-alias", "server", "-dname", "CN=server", "-signer", "authority", "-ext", "san=" + names);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            Certificates made = new Certificates(folder);
            write(
                    made.authority(),
                    "CERTIFICATE",
                    keys.getCertificate("authority").getEncoded());
            write(
                    made.certificate(),
                    "CERTIFICATE",
                    keys.getCertificate("server").getEncoded());
            write(
                    made.key(),
                    "PRIVATE KEY",
                    keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The file of the authority's certificate. */
    public Path authority() {
        return folder.resolve("authority.pem");
    }

    /** The file of the server's. */
    Path certificate() {
        return folder.resolve("server.pem");
    }

    /** The file of its private key. */
    Path key() {
        return folder.resolve("server-key.pem");
    }

    private static void write(Path file, String what, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(bytes);
        Files.writeString(file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, text, what));
    }

    private static void keytool(Path store, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-keyalg",
                "EC"));
        command.addAll(List.of(more));
        Process made = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (made.onExit().join().exitValue() != 0) {
            throw new IOException("keytool failed: " + command);
        }
    }
}
