package io.atlas.bill;

import de.siegmar.fastcsv.writer.CsvWriter;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.UsageReport.Sums;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A statement as FOCUS 1.2 has it (FinOps Open Cost and Usage Specification, FinOps Foundation, 2025-05-29): all mandatory
 * columns, those conditional ones that apply, and what Atlas knows beyond in columns that begin with {@code x_}. A row is a
 * line of the statement on which something was served.
 *
 * <p>There are no columns of unit prices: a request's tokens have up to three prices, and its cost is rounded up once, so
 * that no single price times a quantity is the cost.
 */
public final class FocusCsv {
    private static final String UNIT = "Tokens";
    private static final String NULL = "";

    private FocusCsv() {}

    /**
     * The rows, under their header.
     *
     * @param issuer who asks to be paid: the provider, the publisher and the issuer of the invoice
     */
    public static String of(Statement statement, String issuer) {
        StringWriter text = new StringWriter();
        try (CsvWriter csv = CsvWriter.builder().build(text)) {
            boolean headed = false;
            for (BillLine line : statement.lines()) {
                if (line.sums().requests() > 0) {
                    Map<String, String> row = row(statement, line, issuer);
                    if (!headed) {
                        csv.writeRecord(row.keySet());
                        headed = true;
                    }
                    csv.writeRecord(row.values());
                }
            }
            if (!headed) {
                csv.writeRecord(row(statement, nothing(statement), issuer).keySet());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static BillLine nothing(Statement statement) {
        return new BillLine(
                statement.period().whole(statement.zone()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Tags.NONE,
                Sums.NONE,
                Spared.NONE);
    }

    /** In the order of the names of the columns, as the specification asks. */
    private static Map<String, String> row(Statement statement, BillLine line, String issuer) {
        Map<String, String> row = new LinkedHashMap<>();
        String cost = Money.decimalUsd(line.sums().costNanoUsd());
        String tokens = Long.toString(
                Math.addExact(line.sums().inputTokens(), line.sums().outputTokens()));
        row.put("BilledCost", cost);
        period(row, statement, line);
        row.put("ConsumedQuantity", tokens);
        row.put("ConsumedUnit", UNIT);
        row.put("ContractedCost", cost);
        row.put("EffectiveCost", cost);
        row.put("InvoiceIssuerName", issuer);
        row.put("ListCost", cost);
        row.put("PricingCategory", "Standard");
        row.put("PricingQuantity", tokens);
        row.put("PricingUnit", UNIT);
        row.put("ProviderName", issuer);
        row.put("PublisherName", issuer);
        row.put("ServiceCategory", "AI and Machine Learning");
        row.put("ServiceName", "Language models");
        row.put("ServiceSubcategory", "Generative AI");
        row.put(
                "SubAccountId",
                line.team().map(team -> statement.tenant() + "/" + team).orElse(NULL));
        row.put("SubAccountName", line.team().orElse(NULL));
        row.put("SubAccountType", line.team().map(_ -> "Team").orElse(NULL));
        row.put("Tags", tags(line.tags()));
        beyond(row, line);
        return row;
    }

    private static void period(Map<String, String> row, Statement statement, BillLine line) {
        Window whole = statement.period().whole(statement.zone());
        row.put("BillingAccountId", statement.tenant());
        row.put("BillingAccountName", statement.tenant());
        row.put("BillingAccountType", "Tenant");
        row.put("BillingCurrency", "USD");
        row.put("BillingPeriodEnd", instant(whole.endMicros()));
        row.put("BillingPeriodStart", instant(whole.startMicros()));
        row.put("ChargeCategory", "Usage");
        row.put("ChargeClass", NULL);
        row.put("ChargeDescription", "Tokens of the model " + line.model().orElse("-"));
        row.put("ChargeFrequency", "Usage-Based");
        row.put("ChargePeriodEnd", instant(line.part().endMicros()));
        row.put("ChargePeriodStart", instant(line.part().startMicros()));
    }

    private static void beyond(Map<String, String> row, BillLine line) {
        Sums sums = line.sums();
        row.put("x_CachedInputTokens", Long.toString(sums.cachedInputTokens()));
        row.put("x_InputTokens", Long.toString(sums.inputTokens()));
        row.put("x_Model", line.model().orElse(NULL));
        row.put("x_OutputTokens", Long.toString(sums.outputTokens()));
        row.put("x_PriceVersion", line.price().orElse(NULL));
        row.put("x_ReasoningTokens", Long.toString(sums.reasoningTokens()));
        row.put("x_Requests", Long.toString(sums.requests()));
    }

    /** A JSON object; nothing in a tag needs an escape. */
    private static String tags(Tags tags) {
        return tags.values().entrySet().stream()
                .map(tag -> '"' + tag.getKey() + "\":\"" + tag.getValue() + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
