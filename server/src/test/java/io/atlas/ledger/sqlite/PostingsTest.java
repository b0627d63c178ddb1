package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.Posting;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostingsTest {
    private static final long MINUTE = 60_000_000L;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long NOW = micros("2026-11-20T10:07:33.25Z");
    private static final Caller CALLER = Lines.CALLERS.getFirst();
    private static final Place KEY = new Place.OfKey(CALLER.tenant(), CALLER.team(), CALLER.key());

    private static final Place.OfKey BETA_APP = new Place.OfKey("beta", Optional.empty(), "app");

    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}, {1}, {2}")
    @CsvSource({
        "1, 2026-11-20T10:07:33.25Z, UTC",
        "2, 2026-11-20T18:20:00Z,    Asia/Kathmandu",
        "3, 2026-03-29T12:00:00Z,    Europe/Rome",
        "4, 2026-10-25T22:59:59Z,    Europe/Rome",
        "5, 2026-09-06T13:00:00Z,    America/Santiago",
        "6, 2026-12-31T10:00:00Z,    Pacific/Kiritimati",
        "7, 2026-01-01T00:00:00Z,    Pacific/Pago_Pago",
        "8, 2026-06-01T03:59:00Z,    +05:37"
    })
    void everyLimitStandsWhereItsLinesPutIt(long seed, String at, String zone) {
        long now = micros(at);
        Lines some = new Lines(seed);
        List<Receipt> lines = some.between(now - 400 * DAY, now, 500);
        lines.addAll(some.between(now - 40 * DAY, now, 500));
        lines.addAll(some.between(now - 6 * HOUR, now, 500));
        lines.addAll(some.between(now - 2 * MINUTE, now, 300));
        List<Limit> limits = limits(ZoneId.of(zone));
        Map<String, Long> expected =
                limits.stream().collect(Collectors.toMap(Limit::id, limit -> BruteForce.amount(limit, lines, now)));

        try (Ledger ledger = open(lines)) {
            Map<String, Long> found = ledger.postings(limits, Lines.RULES, now).all().stream()
                    .collect(Collectors.toMap(posting -> posting.limit().id(), Posting::amount));
            expected.values().removeIf(amount -> amount == 0);
            assertThat(found).as("seed %d", seed).isEqualTo(expected);
            assertThat(found).as("seed %d", seed).hasSizeGreaterThan(100);
        }
    }

    @Test
    void aBucketThatSteadyTrafficKeepsFullIsFullAfterARestart() {
        Limit limit = perMinute(60);
        List<Receipt> admitted = admitted(limit, 3 * HOUR);
        Meter truth = replay(limit, admitted);

        try (Ledger ledger = open(admitted)) {
            assertThat(amount(ledger, limit))
                    .isBetween(truth.level(NOW).used(), limit.spec().burst());
        }
    }

    @Test
    void aBucketThatIsHalfUsedIsKnownExactly() {
        Limit limit = perMinute(60);
        Lines some = new Lines(9);
        List<Receipt> lines = some.between(NOW - 30 * MINUTE, NOW, 1_000).stream()
                .map(line -> some.served(CALLER, "small", line.atMicros()))
                .toList();

        try (Ledger ledger = open(lines)) {
            assertThat(amount(ledger, limit)).isEqualTo(BruteForce.bucket(limit, lines, NOW));
        }
    }

    @Test
    void aDebtSurvivesARestart() {
        Limit limit = limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 1_000));
        Receipt line = new Lines(10).line(CALLER, "small", NOW - MINUTE, Ending.SERVED, Usage.of(5_000, 0));

        try (Ledger ledger = open(List.of(line))) {
            assertThat(amount(ledger, limit)).isEqualTo(4_000);
        }
    }

    @Test
    void aLimitThatIsNewOnBusyTrafficStartsFullAndNotInDebt() {
        Limit limit = perMinute(20);
        Lines some = new Lines(11);
        List<Receipt> lines = some.between(NOW - 10 * MINUTE, NOW, 10_000).stream()
                .map(line -> some.served(CALLER, "small", line.atMicros()))
                .toList();

        try (Ledger ledger = open(lines)) {
            assertThat(amount(ledger, limit)).isBetween(19L, 20L);
        }
    }

    @Test
    void anHourThatIsOlderThanTheSingleLinesIsNotUnderstated() {
        LimitSpec spec = new LimitSpec(Kind.REQUESTS, Optional.of(Period.HOUR), 10, 500, new Narrowing.Whole(), 20);
        Limit limit = limit(spec);
        Lines some = new Lines(12);
        List<Receipt> lines = some.between(NOW - 5 * HOUR, NOW - 4 * HOUR, 300).stream()
                .map(line -> some.served(CALLER, "small", line.atMicros()))
                .toList();

        try (Ledger ledger = open(lines)) {
            long truth = BruteForce.bucket(limit, lines, NOW);
            assertThat(truth).isPositive();
            assertThat(amount(ledger, limit)).isBetween(truth, truth + 3);
        }
    }

    private static List<Limit> limits(ZoneId zone) {
        List<Limit> limits = new ArrayList<>();
        List<Place> places = new ArrayList<>(List.of(
                new Place.OfGateway(),
                new Place.OfModel("large"),
                new Place.OfModel("gone"),
                new Place.OfTenant("acme"),
                new Place.OfStandIn("acme"),
                new Place.OfTeam("acme", "search"),
                new Place.OfTeam("acme", "ads"),
                new Place.OfUser("acme", Optional.of("search"), "ada"),
                new Place.OfUser("acme", Optional.empty(), "ada"),
                new Place.OfUser("acme", Optional.empty(), Each.NO_USER),
                new Place.OfEndUser(BETA_APP, "one"),
                new Place.OfEndUser(BETA_APP, "two"),
                new Place.OfEndUser(BETA_APP, "three")));
        Lines.CALLERS.stream()
                .map(caller -> new Place.OfKey(caller.tenant(), caller.team(), caller.key()))
                .distinct()
                .forEach(places::add);
        for (Place place : places) {
            limits.add(Limit.of(place, LimitSpec.concurrent(5), zone));
            for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.CONCURRENT))) {
                Arrays.stream(Period.values()).forEach(per -> limits.addAll(limits(place, kind, per, zone)));
            }
        }
        return limits;
    }

    /** Amounts so large that no bucket is ever full, and so small that not all of the last minutes has leaked. */
    private static List<Limit> limits(Place place, Kind kind, Period per, ZoneId zone) {
        long amount = kind.countsRequests() ? 1_000 : 5_000_000_000L;
        List<Narrowing> narrowings = List.of(
                new Narrowing.Whole(),
                new Narrowing.ToModel("small"),
                new Narrowing.ToClass("expert"),
                new Narrowing.ToClass("none"));
        return narrowings.stream()
                .map(narrowing -> new LimitSpec(kind, Optional.of(per), amount, amount, narrowing, 20))
                .flatMap(spec -> Stream.of(spec, spec.forEach(Each.END_USER)))
                .map(spec -> Limit.of(place, spec, zone))
                .toList();
    }

    /** What a bucket lets through of traffic twice its rate. */
    private static List<Receipt> admitted(Limit limit, long micros) {
        Lines some = new Lines(8);
        Meter bucket = Meter.of(limit);
        List<Receipt> admitted = new ArrayList<>();
        long gap = MINUTE / limit.spec().amount() / 2;
        for (long at = NOW - micros; at < NOW; at += gap) {
            if (bucket.waitMicros(limit.spec(), 1, at) == 0) {
                bucket.seed(1, at);
                admitted.add(some.served(CALLER, "small", at));
            }
        }
        return admitted;
    }

    private static Meter replay(Limit limit, List<Receipt> lines) {
        Meter bucket = Meter.of(limit);
        lines.forEach(line -> bucket.seed(1, line.atMicros()));
        return bucket;
    }

    private static Limit perMinute(long requests) {
        return limit(LimitSpec.of(Kind.REQUESTS, Period.MINUTE, requests));
    }

    private static Limit limit(LimitSpec spec) {
        return Limit.of(KEY, spec, ZoneOffset.UTC);
    }

    private static long amount(Ledger ledger, Limit limit) {
        return ledger.postings(List.of(limit), Lines.RULES, NOW).all().stream()
                .mapToLong(Posting::amount)
                .sum();
    }

    private Ledger open(List<Receipt> lines) {
        try (Ledger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS)) {
            lines.forEach(ledger::record);
        }
        return SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS);
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }
}
