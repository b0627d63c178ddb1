package io.atlas.ledger.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.fault.FaultProxy.Way;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.sqlite.Lines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is between a node and the database fails, and the books are as if it had not. */
class OutageTest {
    private static final long NOON = 1_795_003_200_000_000L;
    private static final long HOUR = 3_600_000_000L;

    /** How many places a way is cut at. */
    private static final int CUTS = 25;

    @TempDir
    Path folder;

    private Postgres postgres;
    private FaultProxy proxy;

    @BeforeEach
    void createDatabase() throws Exception {
        postgres = Postgres.create();
        proxy = FaultProxy.to(postgres.address());
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    /** One of the cuts falls into every step: the question for the cursor, the partition, the copy, the sums, the commit. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void aCutAtAnyByteNeitherLosesNorDoublesALine(Way way) throws Exception {
        List<Receipt> all = new ArrayList<>();
        try (TestNode node = TestNode.start(folder, postgres.settingsAt(proxy.port()))) {
            all.addAll(recorded(node, -1));
            node.awaitShipped();
            long before = proxy.bytes(way);
            all.addAll(recorded(node, 0));
            node.awaitShipped();
            long delivery = proxy.bytes(way) - before;
            for (int cut = 1; cut <= CUTS; cut++) {
                proxy.cutAfter(way, delivery * cut / CUTS);
                all.addAll(recorded(node, cut));
                Await.until("cut " + cut, () -> !proxy.cutPending(way) || node.lag() == 0);
                node.awaitShipped();
            }
        }
        assertHolds(all);
    }

    @Test
    void aNodeStartsWithoutTheDatabaseAndShipsWhenItComes() throws Exception {
        proxy.refuse();
        List<Receipt> lines;
        try (TestNode node = TestNode.start(folder, postgres.settingsAt(proxy.port()))) {
            lines = recorded(node, 1);
            assertThat(node.lag()).isEqualTo(lines.size());
            proxy.heal();
            node.awaitShipped();
        }
        assertHolds(lines);
    }

    @Test
    void theBacklogOfAnOutageIsShippedAfterIt() throws Exception {
        List<Receipt> all = new ArrayList<>();
        try (TestNode node = TestNode.start(folder, postgres.settingsAt(proxy.port()))) {
            all.addAll(recorded(node, 1));
            node.awaitShipped();
            proxy.refuse();
            for (int seed = 2; seed < 12; seed++) {
                all.addAll(recorded(node, seed));
            }
            assertThat(node.lag()).isEqualTo(all.size() - 300);
            proxy.heal();
            node.awaitShipped();
        }
        assertHolds(all);
    }

    /** What was sent into the silence arrives after it, too: the end of a transaction that is long given up. */
    @Test
    void aDatabaseThatFallsSilentIsGivenUpAndTriedAgain() throws Exception {
        List<Receipt> all = new ArrayList<>();
        try (TestNode node = TestNode.start(folder, postgres.settingsAt(proxy.port()))) {
            all.addAll(recorded(node, 1));
            node.awaitShipped();
            int before = proxy.connections();
            proxy.freeze();
            all.addAll(recorded(node, 2));
            Await.until("another connection", () -> proxy.connections() > before);
            assertThat(node.lag()).isPositive();
            proxy.heal();
            node.awaitShipped();
        }
        assertHolds(all);
    }

    @Test
    void aDatabaseFarAwayIsShippedToAllTheSame() throws Exception {
        proxy.delay(Duration.ofMillis(20));
        List<Receipt> lines;
        try (TestNode node = TestNode.start(folder, postgres.settingsAt(proxy.port()))) {
            lines = recorded(node, 1);
            node.awaitShipped();
        }
        assertHolds(lines);
    }

    @Test
    void aStopDoesNotWaitForADatabaseThatIsAway() throws Exception {
        List<Receipt> all = new ArrayList<>();
        try (TestNode node = TestNode.start(folder, postgres.settingsAt(proxy.port()))) {
            all.addAll(recorded(node, 1));
            node.awaitShipped();
            proxy.refuse();
            all.addAll(recorded(node, 2));
        }
        assertThat(postgres.ids()).hasSize(300);

        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            assertThat(node.lag()).isLessThanOrEqualTo(300);
            node.awaitShipped();
        }
        assertHolds(all);
    }

    @Test
    void aStopCutsOffADatabaseThatDoesNotAnswer() throws Exception {
        Pace impatient = new Pace(
                100,
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                Duration.ofMillis(50),
                Duration.ofMinutes(10),
                Duration.ofMillis(200));
        List<Receipt> lines = new ArrayList<>();
        try (TestNode node = TestNode.start(folder, postgres.settingsAt(proxy.port()), impatient)) {
            lines.addAll(recorded(node, 1));
            node.awaitShipped();
            proxy.freeze();
            lines.addAll(recorded(node, 2));
        }
        proxy.refuse();
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.awaitShipped();
        }
        assertHolds(lines);
    }

    @Test
    void anOlderCopyOfAFolderShipsUnderAnotherName() throws Exception {
        Path live = Files.createDirectory(folder.resolve("live"));
        Path copy = Files.createDirectory(folder.resolve("copy"));
        List<Receipt> all = new ArrayList<>();
        try (TestNode node = TestNode.start(live, postgres.settings())) {
            all.addAll(recorded(node, 1));
        }
        copy(live, copy);
        try (TestNode node = TestNode.start(live, postgres.settings())) {
            all.addAll(recorded(node, 2));
        }
        try (TestNode node = TestNode.start(copy, postgres.settings())) {
            all.addAll(recorded(node, 3));
            node.awaitShipped();
        }
        assertHolds(all);
        assertThat(postgres.rows("SELECT COUNT(*) FROM node")).containsExactly("2");
    }

    @Test
    void aDatabaseThatLostItsLastLinesGetsThemAgain() throws Exception {
        List<Receipt> all = new ArrayList<>();
        List<String> kept;
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            all.addAll(recorded(node, 1));
            node.awaitShipped();
            kept = postgres.rows("SELECT line, last_id FROM node");
            all.addAll(recorded(node, 2));
        }
        String[] cursor = kept.getFirst().split(" ", -1);
        postgres.execute("DELETE FROM entry WHERE line > " + cursor[0]);
        postgres.execute("DELETE FROM rollup");
        postgres.execute("INSERT INTO rollup " + Postgres.SUMS_OF_ENTRIES);
        postgres.execute("UPDATE node SET line = " + cursor[0] + ", last_id = '" + cursor[1] + "'");
        try (TestNode node = TestNode.start(folder, postgres.settings())) {
            node.awaitShipped();
        }
        assertHolds(all);
    }

    private static List<Receipt> recorded(TestNode node, int seed) {
        List<Receipt> lines = new Lines(seed).between(NOON - HOUR, NOON, 300);
        node.record(lines);
        return lines;
    }

    private void assertHolds(List<Receipt> lines) throws Exception {
        assertThat(postgres.ids())
                .containsExactlyElementsOf(
                        lines.stream().map(Receipt::id).sorted().toList());
        assertThat(postgres.rollup()).isNotEmpty().isEqualTo(postgres.sumsOfEntries());
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
