package io.atlas.ledger.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.bill.BillPeriod;
import io.atlas.bill.BillQuery;
import io.atlas.bill.BilledLines;
import io.atlas.bill.Spared;
import io.atlas.bill.Statement;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.unit.Period;
import io.atlas.ledger.DecisionPage;
import io.atlas.ledger.DecisionQuery;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Grouping;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.Posting;
import io.atlas.ledger.Postings;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport.Row;
import io.atlas.ledger.follow.Followed;
import io.atlas.ledger.follow.Position;
import io.atlas.ledger.sqlite.BruteForce;
import io.atlas.ledger.sqlite.Lines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllNodesTest {
    private static final long NOON = 1_795_003_200_000_000L;
    private static final long DAY = 86_400_000_000L;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void postingsAreThoseOfTheLinesOfAllNodes(long seed) throws Exception {
        Postgres postgres = Postgres.create();
        List<Receipt> lines = shippedByTwoNodes(postgres.settings(), seed);

        Postings postings =
                AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger").postings(limits(), Lines.RULES, NOON);
        assertThat(postings.lastLine()).isZero();
        Map<Limit, Long> amounts = postings.all().stream().collect(Collectors.toMap(Posting::limit, Posting::amount));
        for (Limit limit : limits()) {
            assertThat(amounts.getOrDefault(limit, 0L))
                    .as("seed %d, %s", seed, limit)
                    .isEqualTo(BruteForce.amount(limit, lines, NOON));
        }
        assertThat(amounts).hasSizeGreaterThan(limits().size() / 2);
    }

    @Test
    void theLastLineIsThatOfTheNodeThatAsks() throws Exception {
        Postgres postgres = Postgres.create();
        shippedByTwoNodes(postgres.settings(), 3);
        for (String node : postgres.rows("SELECT id FROM node")) {
            assertThat(AllNodes.of(postgres.settings(), TestNode.QUICK, node)
                            .postings(limits(), Lines.RULES, NOON)
                            .lastLine())
                    .isEqualTo(1_000);
        }
    }

    @Test
    void whatEachNodeChargedAddsUpToWhatAllDid() throws Exception {
        Postgres postgres = Postgres.create();
        shippedByTwoNodes(postgres.settings(), 6);
        AllNodes all = AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger");
        List<Limit> limits =
                limits().stream().filter(limit -> limit.spec().calendar()).toList();
        Map<Limit, Long> sums = new HashMap<>();
        assertThat(all.nodes()).hasSize(2);
        for (String node : all.nodes()) {
            List<Posting> ofOne = all.postingsOf(node, limits, Lines.RULES, NOON);
            assertThat(ofOne).isNotEmpty();
            ofOne.forEach(posting -> sums.merge(posting.limit(), posting.amount(), Long::sum));
        }
        assertThat(sums)
                .isEqualTo(all.postings(limits, Lines.RULES, NOON).all().stream()
                        .collect(Collectors.toMap(Posting::limit, Posting::amount)));
        assertThat(all.postingsOf("nobody", limits, Lines.RULES, NOON)).isEmpty();
    }

    @Test
    void usageIsThatOfTheLinesOfAllNodes() throws Exception {
        Postgres postgres = Postgres.create();
        List<Receipt> lines = shippedByTwoNodes(postgres.settings(), 4);
        AllNodes all = AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger");
        for (List<Grouping> by : List.of(
                List.<Grouping>of(),
                List.<Grouping>of(Dimension.TENANT, Dimension.USER, Dimension.KEY, Dimension.END_USER),
                List.<Grouping>of(Dimension.MODEL, Dimension.BACKEND, Dimension.DAY),
                List.<Grouping>of(new Grouping.OfTag("feature"), Dimension.PRICE, new Grouping.OfTag("none")),
                List.<Grouping>of(Dimension.TEAM, Dimension.TIER, Dimension.HOUR))) {
            UsageQuery query = new UsageQuery(by, NOON - DAY - 1_234_567, NOON - 7_654_321);
            assertThat(all.usage(query).rows().stream().collect(Collectors.toMap(Row::group, Row::sums)))
                    .as(query.toString())
                    .isEqualTo(BruteForce.usage(lines, query));
        }
    }

    @Test
    void decisionsOfAllNodesAreOnOnePageAfterTheOther() throws Exception {
        Postgres postgres = Postgres.create();
        List<Receipt> lines = shippedByTwoNodes(postgres.settings(), 7);
        AllNodes all = AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger");
        List<String> listed = new ArrayList<>();
        Optional<DecisionQuery.Mark> before = Optional.empty();
        do {
            DecisionPage page = all.decisions(new DecisionQuery(
                    Map.of(Dimension.TENANT, "acme"),
                    Optional.empty(),
                    Optional.empty(),
                    NOON - DAY,
                    NOON,
                    before,
                    70));
            page.rows().forEach(row -> listed.add(row.id()));
            before = page.next();
        } while (before.isPresent());

        assertThat(listed).hasSizeGreaterThan(300);
        assertThat(listed)
                .containsExactlyElementsOf(lines.stream()
                        .filter(line -> line.caller().tenant().equals("acme") && line.atMicros() >= NOON - DAY)
                        .sorted(Comparator.comparingLong(Receipt::atMicros).reversed())
                        .map(Receipt::id)
                        .toList());
    }

    @Test
    void statementsAreOfTheLinesOfAllNodesAndKnowWhatTheAnswersOfOthersHadCost() throws Exception {
        Postgres postgres = Postgres.create();
        BilledLines world = new BilledLines(9);
        List<Receipt> lines = world.make(4_000);
        ship(postgres.settings(), "one", lines.subList(0, 2_000));
        ship(postgres.settings(), "two", lines.subList(2_000, 4_000));
        AllNodes all = AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger");

        Spared expected = Spared.NONE;
        Spared spared = Spared.NONE;
        for (Map.Entry<String, ZoneId> tenant : BilledLines.ZONES.entrySet()) {
            BillPeriod year = BillPeriod.of("2026").orElseThrow();
            List<Receipt> own = lines.stream()
                    .filter(line -> line.caller().tenant().equals(tenant.getKey()))
                    .toList();
            Statement statement = new Statement(
                    tenant.getKey(),
                    year,
                    tenant.getValue(),
                    all.lines(new BillQuery(tenant.getKey(), year.days(tenant.getValue()), BillQuery.Detail.TAGS)));
            assertThat(statement.sums()).isEqualTo(BruteForce.sums(own));
            spared = spared.plus(statement.spared());
            for (Receipt line : own) {
                expected = expected.plus(Spared.of(line).worth(world.worth(line)));
            }
        }
        assertThat(spared).isEqualTo(expected);
        assertThat(spared.byReplayNanoUsd()).isPositive();
    }

    private void ship(LedgerDatabase database, String name, List<Receipt> lines) throws Exception {
        try (TestNode node = TestNode.start(Files.createDirectory(folder.resolve(name)), database)) {
            node.record(lines);
            node.awaitShipped();
        }
    }

    @Test
    void aReceiptOfAnyNodeIsFoundByItsId() throws Exception {
        Postgres postgres = Postgres.create();
        List<Receipt> lines = shippedByTwoNodes(postgres.settings(), 5);
        AllNodes all = AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger");
        for (Receipt line : List.of(lines.getFirst(), lines.getLast())) {
            assertThat(all.decision(line.id())).hasValueSatisfying(decision -> {
                assertThat(decision.tenant()).isEqualTo(line.caller().tenant());
                assertThat(decision.json()).contains(line.id()).doesNotContain("provider");
                assertThat(decision.providerCostNanoUsd()).isEqualTo(line.providerCostNanoUsd());
            });
        }
        assertThat(all.decision("req_unknown")).isEmpty();
    }

    @Test
    void whereTheDatabaseIsAwayItSaysSo() {
        LedgerDatabase nowhere = new LedgerDatabase(
                "jdbc:postgresql://127.0.0.1:1/none", Optional.empty(), Optional.empty(), Optional.empty());
        AllNodes all = AllNodes.of(nowhere, TestNode.QUICK, "node");
        assertThatThrownBy(() -> all.postings(limits(), Lines.RULES, NOON))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("not read");
    }

    @Test
    void whoFollowsAllNodesSeesEachLineOnceEvenOfANodeThatIsNew() throws Exception {
        Postgres postgres = Postgres.create();
        AllNodes all = AllNodes.of(postgres.settings(), TestNode.QUICK, "stranger");
        try (TestNode one = TestNode.start(Files.createDirectory(folder.resolve("one")), postgres.settings())) {
            one.record(new Lines(1).between(NOON - DAY, NOON, 100));
            one.awaitShipped();
            Position position = all.end();

            List<Receipt> lines = new ArrayList<>(new Lines(2).between(NOON - DAY, NOON, 300));
            one.record(lines);
            one.awaitShipped();
            try (TestNode two = TestNode.start(Files.createDirectory(folder.resolve("two")), postgres.settings())) {
                List<Receipt> others = new Lines(3).between(NOON - DAY, NOON, 200);
                two.record(others);
                two.awaitShipped();
                lines.addAll(others);
            }

            assertThat(followed(all, position, Map.of())).containsExactlyInAnyOrderElementsOf(ids(lines));
            lines.removeIf(line -> !line.caller().tenant().equals("acme"));
            assertThat(followed(all, position, Map.of(Dimension.TENANT, "acme")))
                    .containsExactlyInAnyOrderElementsOf(ids(lines));
        }
    }

    private static List<String> followed(AllNodes all, Position from, Map<Dimension, String> where) {
        List<String> ids = new ArrayList<>();
        Position position = from;
        boolean more = true;
        while (more) {
            Followed followed = all.after(
                    position,
                    new DecisionQuery(
                            where,
                            Optional.empty(),
                            Optional.empty(),
                            NOON - 2 * DAY,
                            Long.MAX_VALUE,
                            Optional.empty(),
                            37));
            followed.rows().forEach(row -> ids.add(row.id()));
            position = followed.next();
            more = followed.more();
        }
        return ids;
    }

    private static List<String> ids(List<Receipt> lines) {
        return lines.stream().map(Receipt::id).toList();
    }

    private List<Receipt> shippedByTwoNodes(LedgerDatabase database, long seed) throws Exception {
        List<Receipt> all = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            List<Receipt> lines = new Lines(seed * 10 + name.length() + all.size()).between(NOON - 2 * DAY, NOON, 800);
            // Buckets forget within the hour.
            lines = new ArrayList<>(lines);
            lines.addAll(new Lines(seed * 100 + all.size()).between(NOON - DAY / 24, NOON, 200));
            try (TestNode node = TestNode.start(Files.createDirectory(folder.resolve(name)), database)) {
                node.record(lines);
                node.awaitShipped();
            }
            all.addAll(lines);
        }
        return all;
    }

    private static List<Limit> limits() {
        List<Place> places = List.of(
                new Place.OfGateway(),
                new Place.OfModel("large"),
                new Place.OfTenant("acme"),
                new Place.OfTeam("acme", "search"),
                new Place.OfUser("acme", Optional.of("search"), "ada"),
                new Place.OfUser("acme", Optional.empty(), Each.NO_USER),
                new Place.OfEndUser(new Place.OfKey("beta", Optional.empty(), "app"), "one"),
                new Place.OfKey("beta", Optional.of("search"), "ci"));
        Function<Place, List<Limit>> of = place -> List.of(
                limit(place, Kind.REQUESTS, Period.DAY, new Narrowing.Whole()),
                limit(place, Kind.COST, Period.MONTH, new Narrowing.Whole()),
                limit(place, Kind.TOKENS, Period.DAY, new Narrowing.ToClass("expert")),
                limit(place, Kind.OUTPUT_TOKENS, Period.WEEK, new Narrowing.ToModel("small")),
                limit(place, Kind.INPUT_TOKENS, Period.HOUR, new Narrowing.Whole()),
                limit(place, Kind.CREDITS, Period.MONTH, new Narrowing.Whole()));
        return places.stream().flatMap(place -> of.apply(place).stream()).toList();
    }

    /** As many as are never used up, so that every line counts. */
    private static Limit limit(Place place, Kind kind, Period per, Narrowing narrowing) {
        long amount = 5_000_000_000L;
        LimitSpec spec = new LimitSpec(kind, Optional.of(per), amount, amount, narrowing, 20);
        return Limit.of(place, spec, ZoneId.of("Europe/Rome"));
    }
}
