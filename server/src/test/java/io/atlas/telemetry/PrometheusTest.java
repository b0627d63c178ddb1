package io.atlas.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.alert.Alerts;
import io.atlas.config.Configuration;
import io.atlas.config.Durability;
import io.atlas.config.Endpoint;
import io.atlas.config.Members;
import io.atlas.config.ServerSettings;
import io.atlas.config.TelemetrySettings;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.capacity.Scarce;
import io.atlas.kernel.order.Seat;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Charge;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.UsageSource;
import io.atlas.kernel.route.Sla;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.tenant.ModelPattern;
import io.atlas.kernel.tenant.Tier;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Usage;
import io.atlas.model.Backend;
import io.atlas.model.Health;
import io.atlas.model.Model;
import io.atlas.model.Simulation;
import io.atlas.telemetry.Finished.Timings;
import io.atlas.telemetry.Telemetry.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PrometheusTest {
    private static final Timings TIMINGS = new Timings(200_000, 3_000_000, 50_000_000, 400_000, 1_000_000_000);
    private static final List<String> CONTRACT = List.of("""
            atlas_requests_total atlas_request_duration_seconds atlas_time_to_first_token_seconds
            atlas_gateway_overhead_seconds atlas_quota_check_seconds atlas_tokens_total atlas_cost_usd_total
            atlas_provider_cost_usd_total atlas_quota_used_ratio atlas_quota_shadow_used_ratio
            atlas_pool_used_ratio atlas_queue_depth atlas_queue_wait_seconds atlas_inflight atlas_backend_up
            atlas_backend_errors_total atlas_refused_cost_usd_total atlas_ledger_lag_records
            atlas_quota_store_away atlas_queue_fairness_bound atlas_backend_capacity atlas_backend_capacity_used
            atlas_backend_order atlas_telemetry_dropped_total atlas_alert_attempts_total atlas_quota_corrections_total
            atlas_ledger_overshoot_total""".split("\\s+", -1));

    private final AtomicReference<Configuration> configuration = new AtomicReference<>(configuration("small"));
    private final Prometheus prometheus = new Prometheus(new Sources(
            "memory",
            configuration::get,
            PrometheusTest::limits,
            () -> 7,
            () -> 1,
            () -> Map.of("gpu-a", 420.0),
            () -> Map.of(
                    "gpu-a",
                    List.of(
                            new Room(Scarce.KV_TOKENS, 300, OptionalLong.of(9_000)),
                            new Room(Scarce.PREFILL_TOKENS, 100, OptionalLong.empty()))),
            () -> Map.of("gpu-a", Seat.Standing.LOCAL),
            () -> Map.of("traces", 3L)));

    @Test
    void aServedRequestIsCountedWithItsTokensCostAndTimes() {
        prometheus.finished(served("acme", "small"), TIMINGS);

        assertThat(scrape())
                .containsEntry(
                        "atlas_requests_total{model=\"small\",outcome=\"served\",reason=\"none\",tier=\"pro\"}", 1.0)
                .containsEntry("atlas_tokens_total{kind=\"input\",model=\"small\",tenant=\"acme\",tier=\"pro\"}", 300.0)
                .containsEntry(
                        "atlas_tokens_total{kind=\"cached_input\",model=\"small\",tenant=\"acme\",tier=\"pro\"}", 100.0)
                .containsEntry("atlas_tokens_total{kind=\"output\",model=\"small\",tenant=\"acme\",tier=\"pro\"}", 50.0)
                .containsEntry(
                        "atlas_tokens_total{kind=\"reasoning\",model=\"small\",tenant=\"acme\",tier=\"pro\"}", 10.0)
                .containsEntry("atlas_cost_usd_total{model=\"small\",tenant=\"acme\",tier=\"pro\"}", 0.000075)
                .containsEntry("atlas_provider_cost_usd_total{model=\"small\",tenant=\"acme\",tier=\"pro\"}", 0.00003)
                .containsEntry("atlas_request_duration_seconds_sum{model=\"small\",tier=\"pro\"}", 1.0)
                .containsEntry("atlas_request_duration_seconds_bucket{model=\"small\",tier=\"pro\",le=\"0.5\"}", 0.0)
                .containsEntry("atlas_request_duration_seconds_bucket{model=\"small\",tier=\"pro\",le=\"1.0\"}", 1.0)
                .containsEntry("atlas_time_to_first_token_seconds_sum{model=\"small\",tier=\"pro\"}", 0.05)
                .containsEntry("atlas_gateway_overhead_seconds_sum", 0.0004)
                .containsEntry("atlas_quota_check_seconds_sum{store=\"memory\"}", 0.0002)
                .containsEntry("atlas_queue_wait_seconds_sum{priority=\"10\"}", 0.003);
    }

    @Test
    void aRefusalIsCountedWithItsReasonAndWhatItWouldHaveCostButNoTimesItDidNotComeTo() {
        prometheus.finished(
                receipt("acme", "small", Outcome.REFUSED, Optional.of(Reason.BUDGET_EXHAUSTED), Charge.NOTHING),
                new Timings(200_000, 0, 0, 400_000, 400_000));

        assertThat(scrape())
                .containsEntry(
                        "atlas_requests_total{model=\"small\",outcome=\"refused\",reason=\"budget_exhausted\",tier=\"pro\"}",
                        1.0)
                .containsEntry("atlas_refused_cost_usd_total{reason=\"budget_exhausted\",tier=\"pro\"}", 2.5)
                .containsEntry("atlas_time_to_first_token_seconds_count{model=\"small\",tier=\"pro\"}", 0.0)
                .containsEntry("atlas_cost_usd_total{model=\"small\",tenant=\"acme\",tier=\"pro\"}", 0.0)
                .doesNotContainKey("atlas_queue_wait_seconds_count{priority=\"10\"}");
    }

    @Test
    void gaugesFollowWhatEntersAndLeaves() {
        prometheus.inflight("gpu", 1);
        prometheus.inflight("gpu", 1);
        prometheus.inflight("gpu", -1);
        prometheus.queued(10, 1);
        prometheus.backendUp("gpu", Reach.DOWN);
        prometheus.backendError("gpu", "connect");
        prometheus.overshot();

        assertThat(scrape())
                .containsEntry("atlas_inflight{backend=\"gpu\"}", 1.0)
                .containsEntry("atlas_queue_depth{priority=\"10\"}", 1.0)
                .containsEntry("atlas_backend_up{backend=\"gpu\"}", 0.0)
                .containsEntry("atlas_backend_errors_total{backend=\"gpu\",kind=\"connect\"}", 1.0)
                .containsEntry("atlas_ledger_lag_records", 7.0)
                .containsEntry("atlas_quota_store_away", 1.0)
                .containsEntry("atlas_queue_fairness_bound{backend=\"gpu-a\"}", 420.0)
                .containsEntry("atlas_backend_capacity{backend=\"gpu-a\",of=\"kv_tokens\"}", 9_000.0)
                .doesNotContainKey("atlas_backend_capacity{backend=\"gpu-a\",of=\"prefill_tokens\"}")
                .containsEntry("atlas_backend_capacity_used{backend=\"gpu-a\",of=\"prefill_tokens\"}", 100.0)
                .containsEntry("atlas_ledger_overshoot_total", 1.0);
    }

    @Test
    void gaugesOfEverythingConfiguredAreThereBeforeTheFirstRequest() {
        assertThat(scrape())
                .containsEntry("atlas_inflight{backend=\"gpu\"}", 0.0)
                .containsEntry("atlas_queue_depth{priority=\"10\"}", 0.0);
    }

    @Test
    void onlyLimitsOfTenantsAndTeamsAreShown() {
        assertThat(scrape().entrySet())
                .filteredOn(sample -> sample.getKey().startsWith("atlas_quota_used_ratio"))
                .containsExactlyInAnyOrder(
                        Map.entry("atlas_quota_used_ratio{limit=\"acme/search:tokens/day\",tenant=\"acme\"}", 0.25),
                        Map.entry("atlas_quota_used_ratio{limit=\"acme:tokens/day\",tenant=\"acme\"}", 0.25));
    }

    @Test
    void aLimitInShadowIsNoBudgetThatIsUsedUp() {
        assertThat(scrape().entrySet())
                .filteredOn(sample -> sample.getKey().startsWith("atlas_quota_shadow_used_ratio"))
                .containsExactly(
                        Map.entry("atlas_quota_shadow_used_ratio{limit=\"acme:requests/month\",tenant=\"acme\"}", 1.5));
    }

    @Test
    void twentyThousandUnknownNamesAddAtMostOneSeriesPerMetric() {
        prometheus.finished(served("acme", "unknown-0"), TIMINGS);
        prometheus.finished(served("unknown-0", "small"), TIMINGS);
        prometheus.backendError("unknown-0", "connect");
        prometheus.inflight("unknown-0", 1);
        prometheus.queued(1_000, 1);
        int before = scrape().size();

        for (int i = 1; i <= 20_000; i++) {
            prometheus.finished(served("acme", "unknown-" + i), TIMINGS);
            prometheus.finished(served("unknown-" + i, "small"), TIMINGS);
            prometheus.backendError("unknown-" + i, "connect");
            prometheus.inflight("unknown-" + i, 1);
            prometheus.queued(1_000 + i, 1);
        }

        assertThat(scrape())
                .hasSize(before)
                .containsEntry(
                        "atlas_requests_total{model=\"other\",outcome=\"served\",reason=\"none\",tier=\"pro\"}",
                        20_001.0)
                .containsEntry("atlas_queue_depth{priority=\"other\"}", 20_001.0);
    }

    @Test
    void kindsOfErrorsAreBounded() {
        for (int i = 0; i < 1_000; i++) {
            prometheus.backendError("gpu", "kind-" + i);
        }

        assertThat(scrape().keySet())
                .filteredOn(name -> name.startsWith("atlas_backend_errors_total"))
                .hasSize(33)
                .contains("atlas_backend_errors_total{backend=\"gpu\",kind=\"other\"}");
    }

    @Test
    void aNameThatAReloadAddsGetsItsOwnSeries() {
        prometheus.finished(served("acme", "large"), TIMINGS);
        configuration.set(configuration("small", "large"));
        prometheus.finished(served("acme", "large"), TIMINGS);

        assertThat(scrape())
                .containsEntry(
                        "atlas_requests_total{model=\"other\",outcome=\"served\",reason=\"none\",tier=\"pro\"}", 1.0)
                .containsEntry(
                        "atlas_requests_total{model=\"large\",outcome=\"served\",reason=\"none\",tier=\"pro\"}", 1.0);
    }

    @Test
    void neitherKeysNorUsersNorRequestsAreEverInAScrape() {
        prometheus.finished(served("acme", "small"), TIMINGS);

        assertThat(prometheus.exposition("").body()).doesNotContain("ci-key", "ada", "req_1");
    }

    @Test
    void theFormatFollowsTheAcceptHeader() {
        assertThat(prometheus.exposition("*/*").contentType()).startsWith("text/plain");
        Exposition openMetrics = prometheus.exposition("application/openmetrics-text; version=1.0.0");
        assertThat(openMetrics.contentType()).startsWith("application/openmetrics-text");
        assertThat(openMetrics.body()).endsWith("# EOF\n");
    }

    @Test
    void aPoolIsAsFullAsTheFullestOfItsLimits() {
        assertThat(scrape().entrySet())
                .filteredOn(sample -> sample.getKey().startsWith("atlas_pool_used_ratio"))
                .containsExactly(Map.entry("atlas_pool_used_ratio{pool=\"azure-west\"}", 0.25));
    }

    @Test
    void everyMetricOfTheContractIsScrapedUnderItsNameAndDocumented() throws IOException {
        prometheus.finished(served("acme", "small"), TIMINGS);
        prometheus.finished(
                receipt("acme", "small", Outcome.REFUSED, Optional.of(Reason.BUDGET_EXHAUSTED), Charge.NOTHING),
                TIMINGS);
        prometheus.backendUp("gpu", Reach.UP);
        prometheus.backendError("gpu", "connect");
        prometheus.alertAttempted("delivered");
        prometheus.corrected(limits().getFirst().limit(), -5);
        String text = prometheus.exposition("").body();
        String documentation = Files.readString(Path.of("..", "docs", "reference", "metrics.md"));

        List<String> scraped = text.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.substring("# TYPE ".length(), line.lastIndexOf(" ")))
                .toList();

        assertThat(scraped).containsExactlyInAnyOrderElementsOf(CONTRACT);
        assertThat(text).contains("_corrections_total{had=\"more\",scope=\"gateway\"} 1.0", "scope=\"team\"} 0.0");
        assertThat(CONTRACT).allSatisfy(name -> assertThat(documentation).contains("`" + name + "`"));
    }

    /** The samples of a scrape by name and labels, as the text format writes them. */
    private Map<String, Double> scrape() {
        Map<String, Double> samples = new TreeMap<>();
        prometheus
                .exposition("text/plain")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    int space = line.lastIndexOf(' ');
                    Double before = samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
                    assertThat(before).as("a second sample of %s", line).isNull();
                });
        return samples;
    }

    private static List<LimitUse> limits() {
        Optional<String> search = Optional.of("search");
        return List.of(
                use(new Place.OfGateway()),
                use(new Place.OfModel("small")),
                use(new Place.OfPool("azure-west")),
                use(new Place.OfTenant("acme")),
                use(new Place.OfTeam("acme", "search")),
                use(new Place.OfUser("acme", search, "ada")),
                use(new Place.OfKey("acme", search, "ci-key")),
                use(new Place.OfEndUser(new Place.OfKey("acme", search, "ci-key"), "somebody")),
                inShadow());
    }

    private static LimitUse inShadow() {
        LimitSpec spec = LimitSpec.of(Kind.REQUESTS, Period.MONTH, 100).in(LimitSpec.Mode.SHADOW);
        return new LimitUse(Limit.of(new Place.OfTenant("acme"), spec, ZoneOffset.UTC), new Level(150, 0, 0));
    }

    private static LimitUse use(Place place) {
        LimitSpec spec = LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000);
        return new LimitUse(Limit.of(place, spec, ZoneOffset.UTC), new Level(250, 100, 0));
    }

    private static Receipt served(String tenant, String model) {
        Charge charge = new Charge(true, new Usage(300, 100, 50, 10), UsageSource.REPORTED);
        return receipt(tenant, model, Outcome.SERVED, Optional.empty(), charge);
    }

    private static Receipt receipt(
            String tenant, String model, Outcome outcome, Optional<Reason> reason, Charge charge) {
        return new Receipt(
                "req_1",
                0,
                0,
                new Caller(tenant, Optional.of("search"), Optional.of("ada"), "ci-key", "pro"),
                new Asked("openai", "/v1/chat/completions", model, Asked.Answering.STREAMED, OptionalLong.empty()),
                outcome,
                reason,
                reason.isPresent() ? Optional.empty() : Optional.of(new Served(model, "gpu")),
                List.of(),
                charge,
                charge.charged() ? 75_000 : 0,
                0,
                charge.charged() ? 30_000 : 0,
                reason.isPresent() ? 2_500_000_000L : 0,
                "small@2026-11-20",
                "sha256:0",
                Optional.empty());
    }

    private static Configuration configuration(String... models) {
        Map<String, Model> byName = new TreeMap<>();
        for (String name : models) {
            byName.put(
                    name,
                    new Model(
                            name,
                            "",
                            1_000,
                            100,
                            100,
                            Price.FREE,
                            name + "@2026-11-20",
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            Optional.empty()));
        }
        Backend gpu = new Backend(
                "gpu",
                Backend.Type.SIM,
                Optional.empty(),
                Optional.empty(),
                Backend.DEFAULT_CONCURRENCY,
                Backend.DEFAULT_QUEUE,
                Backend.DEFAULT_QUEUE_TIMEOUT,
                Optional.of(Simulation.DEFAULT),
                Health.DEFAULT);
        Tier pro = new Tier("pro", 10, 4, List.of(new ModelPattern.Any()));
        return new Configuration(
                "sha256:0",
                new ServerSettings(
                        new Endpoint("127.0.0.1", 0),
                        new Endpoint("127.0.0.1", 0),
                        Optional.empty(),
                        Optional.empty(),
                        Path.of("data"),
                        ServerSettings.WireLimits.DEFAULT),
                new Configuration.Counters.InMemory(),
                Durability.DISK,
                Optional.empty(),
                Duration.ofDays(30),
                TelemetrySettings.NONE,
                List.of(),
                Map.of("gpu", gpu),
                Map.of(),
                byName,
                Map.of("pro", new TierPlan(pro, List.of(), List.of(), Optional.empty(), Sla.NONE, List.of())),
                Map.of(
                        "acme",
                        new Tenant(
                                "acme",
                                "pro",
                                ZoneOffset.UTC,
                                List.of(),
                                Map.of(),
                                Members.NONE,
                                Optional.empty(),
                                Optional.empty(),
                                Tenant.Disclosure.FULL)),
                Alerts.NONE);
    }
}
