package io.atlas.enduser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.quota.Place;
import io.atlas.store.Agreement;
import io.atlas.store.StoreAway;
import io.atlas.time.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PseudonymsTest {
    private static final Place.OfKey APP = new Place.OfKey("acme", Optional.empty(), "app");
    private static final Place.OfKey WEB = new Place.OfKey("acme", Optional.empty(), "web");
    private static final Place.OfKey OTHER = new Place.OfKey("beta", Optional.empty(), "app");
    private static final String ADA = "ada@example.com";

    @TempDir
    Path folder;

    @Test
    void aNameIsTheHmacOfKeyAndIdUnderTheSecretOfTheTenant() throws IOException {
        Files.writeString(file(), "acme " + "0b".repeat(32) + "\n");
        // openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b.. over "acme/keys/app\0ada@example.com", first 16 bytes
        assertThat(open().of(APP, ADA)).isEqualTo("BeApFiGJE9npIndR7bAh1g");
    }

    @Test
    void aNameIsTheSameAfterARestart() throws IOException {
        String name = open().of(APP, ADA);
        assertThat(open().of(APP, ADA)).isEqualTo(name).matches("[A-Za-z0-9_-]{22}");
    }

    @Test
    void nobodyHasTheNameOfAnother() throws IOException {
        Pseudonyms pseudonyms = open();
        Set<String> names = new HashSet<>();
        for (Place.OfKey key : List.of(APP, WEB, OTHER)) {
            for (String id : List.of(ADA, "ADA@example.com", "a", "b", "a/b", "~", "x".repeat(128))) {
                names.add(pseudonyms.of(key, id));
            }
        }
        assertThat(names).hasSize(21);
    }

    @Test
    void withoutItsSecretATenantsPeopleAreAnonymousAndNobodyElses() throws IOException {
        Pseudonyms before = open();
        String ada = before.of(APP, ADA);
        String others = before.of(OTHER, ADA);
        Files.write(
                file(),
                Files.readAllLines(file()).stream()
                        .filter(line -> !line.startsWith("acme "))
                        .toList());

        assertThat(open().of(APP, ADA)).isNotEqualTo(ada);
        assertThat(open().of(OTHER, ADA)).isEqualTo(others);
    }

    @Test
    void nodesThatAgreeKnowOneByTheSameNameAndKeepWhatTheyAgreedOn() throws IOException {
        Map<String, String> said = new HashMap<>();
        Agreement agreement = (tenant, own) -> said.computeIfAbsent(tenant, _ -> own);
        Path others = folder.resolve("of-another-node");
        Pseudonyms one = Pseudonyms.open(file(), () -> Ids.hexSecret(Pseudonyms.SECRET_BYTES), agreement);
        Pseudonyms other = Pseudonyms.open(others, () -> Ids.hexSecret(Pseudonyms.SECRET_BYTES), agreement);
        one.prepare(List.of("acme"));
        other.prepare(List.of("acme", "beta"));
        assertThat(other.of(APP, ADA)).isEqualTo(one.of(APP, ADA));
        assertThat(other.of(OTHER, ADA)).isEqualTo(one.of(OTHER, ADA));
        assertThat(Files.readAllLines(others)).isEqualTo(Files.readAllLines(file()));

        // What was agreed on is forgotten: who speaks first has the same word.
        said.clear();
        other.prepare(List.of("acme", "beta"));
        one.prepare(List.of("acme", "beta"));
        assertThat(one.of(APP, ADA)).isEqualTo(open().of(APP, ADA)).isEqualTo(other.of(APP, ADA));
    }

    @Test
    void aNodeThatCanAskNobodyUsesItsOwnSecretUntilItCan() throws IOException {
        String before = open().of(APP, ADA);
        Pseudonyms alone = Pseudonyms.open(file(), () -> Ids.hexSecret(Pseudonyms.SECRET_BYTES), (_, _) -> {
            throw new StoreAway("away");
        });
        alone.prepare(List.of("acme"));
        assertThat(alone.of(APP, ADA)).isEqualTo(before);
    }

    @Test
    void theSecretsAreTheOwnersAlone() throws IOException {
        open().prepare(List.of("acme", "beta"));
        assertThat(Files.readAllLines(file()))
                .hasSize(2)
                .allMatch(line -> line.matches("(acme|beta) [0-9a-f]{64}"))
                .doesNotHaveDuplicates();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileThatIsNotOfSecretsIsRefusedWithoutTellingAny() throws IOException {
        for (String line : List.of("acme", "acme 0b0b", "acme " + "0x".repeat(32), " " + "0b".repeat(32))) {
            Files.writeString(file(), line + "\n");
            assertThatThrownBy(this::open)
                    .as(line)
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining("0b0b");
        }
    }

    private Pseudonyms open() throws IOException {
        return Pseudonyms.open(file(), () -> Ids.hexSecret(Pseudonyms.SECRET_BYTES), Agreement.ALONE);
    }

    private Path file() {
        return folder.resolve("end-user-secrets");
    }
}
