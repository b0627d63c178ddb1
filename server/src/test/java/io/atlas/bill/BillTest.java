package io.atlas.bill;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.atlas.bill.BillQuery.Detail;
import io.atlas.config.Durability;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.sqlite.BruteForce;
import io.atlas.ledger.sqlite.SqliteLedger;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillTest {
    private static final int REQUESTS = 100_000;
    private static final List<String> MONTHS = List.of("2026-10", "2026-11", "2026-12");

    @TempDir
    Path folder;

    @Test
    void statementsLedgerAndFocusAreEqualToTheNanoDollarInEveryZoneAndMonth() {
        BilledLines world = new BilledLines(7);
        List<Receipt> requests = world.make(REQUESTS);
        try (SqliteLedger ledger = recorded(requests)) {
            long billed = 0;
            for (Map.Entry<String, ZoneId> tenant : BilledLines.ZONES.entrySet()) {
                for (String month : MONTHS) {
                    List<Receipt> own = requests.stream()
                            .filter(line -> line.caller().tenant().equals(tenant.getKey()))
                            .filter(line -> month(line, tenant.getValue()).equals(month))
                            .toList();
                    billed += check(ledger, statementOf(tenant.getKey(), month, tenant.getValue()), own);
                }
            }
            assertThat(billed)
                    .isEqualTo(ledger.usage(new UsageQuery(List.of(), 0, Long.MAX_VALUE))
                            .total()
                            .costNanoUsd());
        }
    }

    @Test
    void linesAreByTeamModelAndPriceAndTheUnknownModelsAreOneLine() {
        List<Receipt> requests = new BilledLines(3).make(5_000);
        try (SqliteLedger ledger = recorded(requests)) {
            Statement month =
                    statementOf("acme", "2026-11", ZoneId.of("Europe/Rome")).of(ledger, Detail.PRICE);
            Map<List<Optional<String>>, Long> expected = new HashMap<>();
            requests.stream()
                    .filter(line -> line.caller().tenant().equals("acme"))
                    .filter(line -> month(line, ZoneId.of("Europe/Rome")).equals("2026-11"))
                    .forEach(line -> expected.merge(
                            List.of(
                                    line.caller().team(),
                                    Optional.of(line.asked().model())
                                            .filter(_ -> !line.price().isEmpty()),
                                    Optional.of(line.price()).filter(price -> !price.isEmpty())),
                            line.costNanoUsd(),
                            Long::sum));
            assertThat(month.lines().stream()
                            .collect(Collectors.toMap(
                                    line -> List.of(line.team(), line.model(), line.price()),
                                    line -> line.sums().costNanoUsd())))
                    .isEqualTo(expected);
            assertThat(expected.keySet().stream().map(line -> line.get(2)).collect(Collectors.toSet()))
                    .contains(Optional.of("small@2026-10-01"), Optional.of("small@2026-11-30"), Optional.empty());
        }
    }

    @Test
    void aPeriodIsAYearAQuarterAMonthOrADayAndNothingElse() {
        ZoneId rome = ZoneId.of("Europe/Rome");
        assertThat(BillPeriod.of("2026-10").orElseThrow().days(rome)).hasSize(31);
        assertThat(BillPeriod.of("2026-Q4").orElseThrow().days(rome)).hasSize(92);
        assertThat(BillPeriod.of("2026").orElseThrow().days(rome)).hasSize(365);
        assertThat(BillPeriod.of("2026-10-25").orElseThrow().whole(rome).endMicros()
                        - BillPeriod.of("2026-10-25").orElseThrow().whole(rome).startMicros())
                .as("the day on which clocks are put back")
                .isEqualTo(25 * 3_600_000_000L);
        for (String wrong : List.of("", "26", "2026-13", "2026-Q5", "2026-11-31", "2026-1", "november")) {
            assertThat(BillPeriod.of(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aPeriodWithoutRequestsIsAFocusFileWithItsHeaderAlone() {
        Statement empty =
                new Statement("acme", BillPeriod.of("2026-11").orElseThrow(), ZoneId.of("Europe/Rome"), List.of());
        assertThat(FocusCsv.of(empty, "Atlas"))
                .startsWith("BilledCost,BillingAccountId,")
                .hasLineCount(1);
    }

    /** A statement that is to be made. */
    private record Wanted(String tenant, BillPeriod period, ZoneId zone) {
        Statement of(Bills ledger, Detail detail) {
            BillQuery query = new BillQuery(
                    tenant, detail == Detail.TAGS ? period.days(zone) : List.of(period.whole(zone)), detail);
            return new Statement(tenant, period, zone, ledger.lines(query));
        }
    }

    private static Wanted statementOf(String tenant, String month, ZoneId zone) {
        return new Wanted(tenant, BillPeriod.of(month).orElseThrow(), zone);
    }

    private static long check(SqliteLedger ledger, Wanted wanted, List<Receipt> own) {
        Statement whole = wanted.of(ledger, Detail.PRICE);
        Statement byDay = wanted.of(ledger, Detail.TAGS);
        assertThat(own).as(wanted.toString()).isNotEmpty();
        assertThat(whole.sums()).as(wanted.toString()).isEqualTo(BruteForce.sums(own));
        assertThat(byDay.sums()).as(wanted.toString()).isEqualTo(whole.sums());
        assertThat(byDay.spared()).as(wanted.toString()).isEqualTo(whole.spared());
        assertThat(byDay.lines().size()).isGreaterThan(whole.lines().size());
        BigDecimal focus = BigDecimal.ZERO;
        for (NamedCsvRecord row : CsvReader.builder().ofNamedCsvRecord(FocusCsv.of(byDay, "ACME IT"))) {
            focus = focus.add(new BigDecimal(row.getField("BilledCost")));
            assertThat(row.getField("BillingPeriodStart"))
                    .isEqualTo(instant(wanted.period.whole(wanted.zone).startMicros()));
            assertThat(row.getField("ChargePeriodStart")).isGreaterThanOrEqualTo(row.getField("BillingPeriodStart"));
            assertThat(row.getField("InvoiceIssuerName")).isEqualTo("ACME IT");
        }
        assertThat(focus.movePointRight(9).longValueExact())
                .as(wanted.toString())
                .isEqualTo(whole.sums().costNanoUsd());
        return whole.sums().costNanoUsd();
    }

    @Test
    void whatWasNotPaidIsSummedFromTheReceipts() {
        BilledLines world = new BilledLines(11);
        List<Receipt> requests = world.make(4_000);
        try (SqliteLedger ledger = recorded(requests)) {
            BillPeriod year = BillPeriod.of("2026").orElseThrow();
            Spared all = Spared.NONE;
            for (String tenant : BilledLines.ZONES.keySet()) {
                all = all.plus(new Statement(
                                tenant,
                                year,
                                ZoneId.of("UTC"),
                                ledger.lines(
                                        new BillQuery(tenant, List.of(year.whole(ZoneId.of("UTC"))), Detail.PRICE)))
                        .spared());
            }
            Spared expected = requests.stream()
                    .map(line -> Spared.of(line).worth(world.worth(line)))
                    .reduce(Spared.NONE, Spared::plus);
            assertThat(all).isEqualTo(expected);
            assertThat(List.of(
                            all.replayed(),
                            all.byReplayNanoUsd(),
                            all.byTrimNanoUsd(),
                            all.byDowngradeNanoUsd(),
                            all.refusedNanoUsd()))
                    .allMatch(amount -> amount > 0);
        }
    }

    @Test
    void aFocusFileHasEveryMandatoryColumnOfItsVersionInTheOrderOfTheirNames() {
        List<Receipt> requests = new BilledLines(5).make(300);
        try (SqliteLedger ledger = recorded(requests)) {
            String csv = FocusCsv.of(
                    statementOf("acme", "2026-11", ZoneId.of("Europe/Rome")).of(ledger, Detail.TAGS), "Atlas");
            List<NamedCsvRecord> rows =
                    CsvReader.builder().ofNamedCsvRecord(csv).stream().toList();
            List<String> columns = rows.getFirst().getHeader();
            assertThat(columns)
                    .isSorted()
                    .contains(
                            "BilledCost",
                            "BillingAccountId",
                            "BillingAccountName",
                            "BillingCurrency",
                            "BillingPeriodEnd",
                            "BillingPeriodStart",
                            "ChargeCategory",
                            "ChargeClass",
                            "ChargeDescription",
                            "ChargePeriodEnd",
                            "ChargePeriodStart",
                            "ContractedCost",
                            "EffectiveCost",
                            "InvoiceIssuerName",
                            "ListCost",
                            "PricingQuantity",
                            "PricingUnit",
                            "ProviderName",
                            "PublisherName",
                            "ServiceCategory",
                            "ServiceName");
            assertThat(new HashSet<>(columns)).hasSameSizeAs(columns);
            assertThat(rows).allSatisfy(row -> {
                assertThat(row.getField("BilledCost")).matches("[0-9]+(\\.[0-9]{1,9})?");
                assertThat(row.getField("ConsumedUnit")).isEqualTo("Tokens");
                assertThat(row.getField("Tags")).startsWith("{").endsWith("}");
            });
            assertThat(rows.stream().map(row -> row.getField("Tags")).collect(Collectors.toSet()))
                    .contains("{}", "{\"env\":\"prod\",\"feature\":\"ads\"}");
        }
    }

    /** Replays are recorded after what they repeat, as they are in life. */
    private SqliteLedger recorded(List<Receipt> requests) {
        SqliteLedger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS);
        List<CompletionStage<Long>> written = new ArrayList<>();
        for (Receipt request : requests) {
            written.add(ledger.record(request));
            if (written.size() >= 5_000) {
                written.getLast().toCompletableFuture().join();
                written.clear();
            }
        }
        return ledger;
    }

    private static String month(Receipt line, ZoneId zone) {
        return YearMonth.from(
                        Instant.EPOCH.plus(line.atMicros(), ChronoUnit.MICROS).atZone(zone))
                .toString();
    }

    private static String instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
