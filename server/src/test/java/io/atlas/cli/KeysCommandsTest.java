package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that issue, list, rotate and revoke keys. */
class KeysCommandsTest {
    private static final String CI = """
            "id":"atl_k_7Hq2LmZa","owner":"api","path":"acme/search/keys/ci","tenant":"acme","team":"search","user":null,
            "name":"ci","state":"active","created_at":"2026-11-25T10:00:00Z","expires_at":null,"revoked_at":null,
            "replaced_by":null""";
    private static final String OLD = """
            {"id":"atl_k_00000000","owner":"api","path":"acme/search/keys/ci","tenant":"acme","team":"search","user":null,
            "name":"ci","state":"expiring","created_at":"2026-11-24T10:00:00Z","expires_at":"2026-11-26T10:00:00Z",
            "revoked_at":null,"replaced_by":"atl_k_7Hq2LmZa"}""";

    private final AdminStub stub = new AdminStub()
            .on("/admin/v1/keys", 201, "{" + CI + ",\"secret\":\"atl_k_7Hq2LmZa_the-rest\",\"predecessor\":null}")
            .on(
                    "/admin/v1/keys/acme/search/keys/ci/rotate",
                    201,
                    "{" + CI + ",\"secret\":\"atl_k_7Hq2LmZa_the-rest\",\"predecessor\":" + OLD + "}")
            .on("/admin/v1/keys/atl_k_7Hq2LmZa", 200, "{\"keys\":[{" + CI + "}]}");
    private final Map<String, String> variables = Map.of("ATLAS_ADMIN_URL", stub.url(), "ATLAS_ADMIN_TOKEN", "token");

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void createWritesTheSecretAloneOnStdout() {
        Ran ran = Ran.with(
                variables, "keys", "create", "--tenant=acme", "--team", "search", "--name", "ci", "--expires", "90d");

        assertThat(ran)
                .isEqualTo(new Ran(
                        0,
                        "atl_k_7Hq2LmZa_the-rest\n",
                        "atlas: key atl_k_7Hq2LmZa is acme/search/keys/ci; its secret is not shown again\n"));
        assertThat(stub.changes())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("POST /admin/v1/keys {")
                .contains("\"tenant\":\"acme\"", "\"team\":\"search\"", "\"name\":\"ci\"", "\"expires_in\":\"90d\"");
        assertThat(stub.authorizations()).containsExactly("Bearer token");
    }

    @Test
    void anExpiryIsASpanOrAMoment() {
        Ran.with(variables, "keys", "create", "--tenant=acme", "--expires=2027-01-01");

        assertThat(stub.changes().getFirst()).contains("\"expires_at\":\"2027-01-01\"");
    }

    @Test
    void everyOtherFormatHasAllFields() {
        assertThat(Ran.with(variables, "keys", "create", "--tenant=acme", "-o", "json")
                        .out())
                .contains("\"id\" : \"atl_k_7Hq2LmZa\"", "\"secret\" : \"atl_k_7Hq2LmZa_the-rest\"");
        assertThat(Ran.with(variables, "keys", "create", "--tenant=acme", "-o", "csv")
                        .out())
                .isEqualTo(
                        "id,owner,path,tenant,team,user,name,state,created_at,expires_at,revoked_at,replaced_by,secret\r\n"
                                + "atl_k_7Hq2LmZa,api,acme/search/keys/ci,acme,search,,ci,active,2026-11-25T10:00:00Z,,,,"
                                + "atl_k_7Hq2LmZa_the-rest\r\n");
    }

    @Test
    void rotateTellsUntilWhenTheOldSecretWorks() {
        Ran ran = Ran.with(variables, "keys", "rotate", "acme/search/keys/ci", "--overlap", "24h");

        assertThat(ran.out()).isEqualTo("atl_k_7Hq2LmZa_the-rest\n");
        assertThat(ran.err()).contains("atl_k_00000000 works until 2026-11-26T10:00:00Z");
        assertThat(stub.changes())
                .containsExactly("POST /admin/v1/keys/acme%2Fsearch%2Fkeys%2Fci/rotate {\"overlap\":\"24h\"}");
    }

    @Test
    void listIsATable() {
        stub.on("/admin/v1/keys", 200, "{\"keys\":[" + OLD + ",{" + CI + "}],\"left_out\":3}");

        Ran ran = Ran.with(variables, "keys", "list", "--tenant", "acme");

        assertThat(ran.out()).isEqualTo("""
                ID              KEY                  USER  OWNER  STATE     CREATED               EXPIRES
                atl_k_00000000  acme/search/keys/ci  -     api    expiring  2026-11-24T10:00:00Z  2026-11-26T10:00:00Z
                atl_k_7Hq2LmZa  acme/search/keys/ci  -     api    active    2026-11-25T10:00:00Z  -
                """);
        assertThat(ran.err()).startsWith("atlas: 3 more keys are left out");
        assertThat(stub.asked()).containsExactly("/admin/v1/keys?tenant=acme");
    }

    @Test
    void revokeShowsWhatHasEnded() {
        Ran ran = Ran.with(variables, "keys", "revoke", "atl_k_7Hq2LmZa");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("atl_k_7Hq2LmZa  acme/search/keys/ci");
        assertThat(stub.changes()).containsExactly("DELETE /admin/v1/keys/atl_k_7Hq2LmZa");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rotate", "revoke"})
    void aWholeKeyAsAnArgumentIsRefusedAndNotRepeated(String command) {
        Ran ran = Ran.with(variables, "keys", command, "atl_k_7Hq2LmZa_hidden");

        assertThat(ran.exitCode()).isEqualTo(64);
        assertThat(ran.err()).doesNotContain("hidden");
        assertThat(stub.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"400, 64", "401, 77", "404, 1", "409, 65", "422, 65", "500, 1", "503, 75"})
    void aRefusalIsOneLineAndAnExitCode(int status, int exitCode) {
        stub.on("/admin/v1/keys", status, "{\"title\":\"name_taken\",\"detail\":\"ci: taken\"}");

        Ran ran = Ran.with(variables, "keys", "create", "--tenant", "acme", "--name", "ci");

        assertThat(ran.exitCode()).isEqualTo(exitCode);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).contains(status == 401 ? "ATLAS_ADMIN_TOKEN" : "ci: taken");
    }

    @Test
    void aTenantIsRequired() {
        Ran ran = Ran.with(variables, "keys", "create");

        assertThat(ran.exitCode()).isEqualTo(64);
        assertThat(ran.err()).contains("--tenant", "atlas keys create --help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "list", "rotate", "revoke"})
    void everyCommandHasACompleteHelp(String command) {
        Ran ran = Ran.with(Map.of(), "keys", command, "--help");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .startsWith("Usage: atlas keys " + command)
                .contains("\nOptions:\n", "\nExit codes:\n", "64 ", "\nExamples:\n")
                .doesNotContain("${", "%%", "COMMAND");
    }
}
