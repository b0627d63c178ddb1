package io.atlas.enduser;

import io.atlas.kernel.quota.Place;
import io.atlas.store.Agreement;
import io.atlas.store.StoreAway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names under which end users are kept: 128 bits of the HMAC-SHA-256 (RFC 2104) of key and id, under a secret of the
 * tenant. Who has the secret and the id finds the name; from the name alone nobody finds the id. The secrets are in a file
 * beside the ledger, a line {@code TENANT HEX} each: without its line, what is kept of a tenant's people is anonymous.
 * Nodes that share counters agree on the secrets, so that one person is one to all of them.
 */
public final class Pseudonyms {
    private static final Logger LOG = LoggerFactory.getLogger(Pseudonyms.class);
    private static final String HMAC = "HmacSHA256";
    /** The length of a secret: that of the hash. */
    public static final int SECRET_BYTES = 32;

    private static final int NAME_BYTES = 16;
    private static final char SEPARATOR = '\0';
    private static final Base64.Encoder NAMES = Base64.getUrlEncoder().withoutPadding();

    private final Path file;
    private final Supplier<String> fresh;
    private final Agreement agreement;
    private final Map<String, SecretKeySpec> secrets = new ConcurrentHashMap<>();

    private Pseudonyms(Path file, Supplier<String> fresh, Agreement agreement) {
        this.file = file;
        this.fresh = fresh;
        this.agreement = agreement;
    }

    /**
     * Reads the file, where there is one.
     *
     * @param fresh a new secret of {@value #SECRET_BYTES} bytes in hexadecimal
     */
    public static Pseudonyms open(Path file, Supplier<String> fresh, Agreement agreement) throws IOException {
        Pseudonyms pseudonyms = new Pseudonyms(file, fresh, agreement);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                pseudonyms.read(line);
            }
        }
        return pseudonyms;
    }

    /**
     * Agrees with the other nodes on the secret of each tenant, and makes one where there is none, so that none has to be
     * made while a request waits. Blocks.
     */
    public synchronized void prepare(Collection<String> tenants) {
        Map<String, String> before = lines();
        Map<String, String> all = new TreeMap<>(before);
        new TreeSet<>(tenants)
                .forEach(tenant -> all.compute(tenant, (_, own) -> agreed(tenant, own == null ? fresh.get() : own)));
        if (all.equals(before)) {
            return;
        }
        try {
            write(all);
        } catch (IOException e) {
            throw new UncheckedIOException("secrets of end users: " + file, e);
        }
        all.forEach(this::keep);
    }

    private String agreed(String tenant, String own) {
        try {
            return agreement.agreed(tenant, own);
        } catch (StoreAway e) {
            LOG.atWarn()
                    .addKeyValue("tenant", tenant)
                    .addKeyValue("error", e.getMessage())
                    .log(
                            "the nodes could not agree on the names of end users: it is tried again when counters are told");
            return own;
        }
    }

    /** The name of the person whom the application behind that key calls by that id: 22 of {@code A-Za-z0-9-_}. */
    public String of(Place.OfKey key, String id) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret(key.tenant()));
            byte[] code = mac.doFinal((key.path() + SEPARATOR + id).getBytes(StandardCharsets.UTF_8));
            return NAMES.encodeToString(Arrays.copyOf(code, NAME_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }

    private SecretKeySpec secret(String tenant) {
        SecretKeySpec known = secrets.get(tenant);
        if (known != null) {
            return known;
        }
        prepare(Set.of(tenant));
        return Objects.requireNonNull(secrets.get(tenant), tenant);
    }

    private void read(String line) throws IOException {
        int space = line.indexOf(' ');
        if (space < 1 || line.length() != space + 1 + 2 * SECRET_BYTES) {
            throw new IOException("not a line of a tenant and its secret (expected: TENANT and " + 2 * SECRET_BYTES
                    + " hexadecimal digits)");
        }
        try {
            keep(line.substring(0, space), line.substring(space + 1));
        } catch (IllegalArgumentException e) {
            throw new IOException("a secret that is not hexadecimal", e);
        }
    }

    private void keep(String tenant, String hex) {
        secrets.put(tenant, new SecretKeySpec(HexFormat.of().parseHex(hex), HMAC));
    }

    private Map<String, String> lines() {
        Map<String, String> lines = new TreeMap<>();
        secrets.forEach((tenant, secret) -> lines.put(tenant, HexFormat.of().formatHex(secret.getEncoded())));
        return lines;
    }

    /** Whole or not at all, and on the disk before it is used: a name that is lost is a counter that is lost. */
    private void write(Map<String, String> all) throws IOException {
        String text = all.entrySet().stream()
                .map(line -> line.getKey() + " " + line.getValue() + "\n")
                .collect(Collectors.joining());
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(
                Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file stands in a folder"),
                StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
