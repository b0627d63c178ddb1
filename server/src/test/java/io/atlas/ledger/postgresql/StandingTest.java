package io.atlas.ledger.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.secret.Secret;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each trouble is told by its name, from what a real server answers. */
class StandingTest {
    @Test
    void aServerThatIsNotThereIsUnreachable() {
        assertStanding(Standing.UNREACHABLE, "jdbc:postgresql://127.0.0.1:1/none", "postgres");
    }

    @Test
    void aDatabaseThatIsNotThereIsTold() throws Exception {
        String url = Postgres.create().settings().url();
        assertStanding(Standing.NO_DATABASE, url.substring(0, url.lastIndexOf('/')) + "/none", "postgres");
    }

    @Test
    void aUserWhoIsNotKnownIsTold() throws Exception {
        assertStanding(Standing.REFUSED, Postgres.create().settings().url(), "nobody");
    }

    @Test
    void aUserWhoMayNotMakeTheTablesIsTold() throws Exception {
        Postgres postgres = Postgres.create();
        postgres.execute("CREATE ROLE guest LOGIN");
        assertStanding(Standing.NOT_PERMITTED, postgres.settings().url(), "guest");
    }

    @Test
    void noTroubleTellsThePassword() throws Exception {
        LedgerDatabase wrong = new LedgerDatabase(
                Postgres.create().settings().url(),
                Optional.of("nobody"),
                Optional.of(new Secret("s3cret")),
                Optional.empty());
        assertThatThrownBy(new Connector(wrong, Duration.ofSeconds(2))::migrate)
                .isInstanceOf(SQLException.class)
                .hasMessageNotContaining("s3cret");
        assertThat(wrong.toString()).doesNotContain("s3cret");
    }

    private static void assertStanding(Standing expected, String url, String user) {
        LedgerDatabase database = new LedgerDatabase(url, Optional.of(user), Optional.empty(), Optional.empty());
        assertThatThrownBy(new Connector(database, Duration.ofSeconds(2))::migrate)
                .satisfies(failure -> assertThat(Standing.of(failure)).isEqualTo(expected));
    }
}
