package io.atlas.ledger.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Durability;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.receipt.Charge;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Remedy;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.Step.LimitLine;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.receipt.UsageSource;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.Entry;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.Outbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ReceiptJsonTest {
    private static final long AT = 1_795_168_800_250_000L;
    private static final LimitLine TAKEN = new LimitLine("acme:tokens/day", 800_000, 900, 7, 810, Optional.empty());
    private static final LimitLine SHORT =
            new LimitLine("acme:cost/month", 500, 400, 90, 20, Optional.of(Reason.BUDGET_EXHAUSTED));

    @TempDir
    Path folder;

    @Test
    void aServedRequestHasEveryFieldOfTheContract() {
        Receipt receipt = new Receipt(
                "req_1",
                AT,
                12_345,
                new Caller("acme", Optional.of("search"), Optional.of("ada"), "ci", "pro"),
                new Asked("openai", "/v1/chat/completions", "large", Answering.STREAMED, OptionalLong.of(500))
                        .with(Tags.of("env=prod,feature=search")),
                Outcome.SERVED,
                Optional.empty(),
                Optional.of(new Served("small", "gpu-a")),
                List.of(
                        new Step.Estimated(20, 310, 500, "bytes"),
                        new Step.Reserved(40, List.of(TAKEN)),
                        new Step.Queued(
                                60,
                                "gpu-a",
                                15,
                                2,
                                OptionalLong.of(20),
                                Optional.of("kv_tokens"),
                                Optional.of("ordered"),
                                Step.Queued.End.CALLED),
                        new Step.Attempted(70, "small@gpu-b", 0, "connect"),
                        new Step.Attempted(9_000, "small@gpu-a", 200, "complete"),
                        new Step.Settled(9_900, new Usage(300, 10, 50, 5), 75_000)),
                new Charge(true, new Usage(300, 10, 50, 5), UsageSource.REPORTED),
                75_000,
                500,
                50_000,
                0,
                "small@2026-11-20",
                "sha256:00",
                Optional.of(TraceContext.begin(1, 2, 3)));
        assertShape(receipt, """
                { "id": "req_1", "at": "2026-11-20T10:00:00.250Z", "duration_us": 12345,
                  "caller": { "tenant": "acme", "team": "search", "user": "ada", "key": "ci", "end_user": null, "tier": "pro" },
                  "asked": { "dialect": "openai", "route": "/v1/chat/completions", "model": "large",
                             "stream": true, "max_tokens": 500, "tags": { "env": "prod", "feature": "search" } },
                  "outcome": "served", "reason": null,
                  "served": { "model": "small", "backend": "gpu-a", "deployment": "small@gpu-a" },
                  "steps": [
                    { "step": "estimate", "after_us": 20, "input_tokens": 310, "output_tokens": 500, "method": "bytes" },
                    { "step": "reserve", "after_us": 40, "limits": [ { "id": "acme:tokens/day", "amount": 800000,
                        "used_before": 900, "held_before": 7, "taken": 810, "reason": null } ] },
                    { "step": "queue", "after_us": 60, "backend": "gpu-a", "waited_us": 15, "place": 2, "foretold_us": 20, "held_for": "kv_tokens", "order": "ordered", "ended": "called" },
                    { "step": "attempt", "after_us": 70, "deployment": "small@gpu-b", "status": null, "ended": "connect" },
                    { "step": "attempt", "after_us": 9000, "deployment": "small@gpu-a", "status": 200, "ended": "complete" },
                    { "step": "settle", "after_us": 9900, "input_tokens": 300, "cached_input_tokens": 10,
                      "output_tokens": 50, "reasoning_tokens": 5, "cost_nano_usd": 75000 } ],
                  "usage": { "input_tokens": 300, "cached_input_tokens": 10, "output_tokens": 50,
                             "reasoning_tokens": 5, "source": "reported" },
                  "cost_nano_usd": 75000, "credits": 500, "refused_cost_nano_usd": 0, "price": "small@2026-11-20",
                  "configuration": "sha256:00", "trace_id": "00000000000000010000000000000002" }
                """);
    }

    @Test
    void whatARefusedRequestDoesNotHaveIsNullAndNotMissing() {
        Receipt receipt = new Receipt(
                "req_2",
                1_795_168_800_000_000L,
                90,
                new Caller("acme", Optional.empty(), Optional.empty(), "app", "free"),
                new Asked("openai", "/v1/chat/completions", "", Answering.WHOLE, OptionalLong.empty()),
                Outcome.REFUSED,
                Optional.of(Reason.BUDGET_EXHAUSTED),
                Optional.empty(),
                List.of(
                        new Step.Refused(30, Reason.BUDGET_EXHAUSTED, List.of(SHORT)),
                        new Step.Advised(
                                80,
                                List.of(
                                        new Remedy.Wait(1_500, 1_795_168_801_500_000L),
                                        new Remedy.ReduceMaxTokens(44),
                                        new Remedy.UseModel("small"),
                                        new Remedy.UpgradeTier("pro"),
                                        new Remedy.AskOwner(),
                                        new Remedy.FixRequest("n")))),
                Charge.NOTHING,
                0,
                0,
                0,
                4_000,
                "",
                "sha256:00",
                Optional.empty());
        assertShape(receipt, """
                { "id": "req_2", "at": "2026-11-20T10:00:00Z", "duration_us": 90,
                  "caller": { "tenant": "acme", "team": null, "user": null, "key": "app", "end_user": null, "tier": "free" },
                  "asked": { "dialect": "openai", "route": "/v1/chat/completions", "model": null,
                             "stream": false, "max_tokens": null, "tags": { } },
                  "outcome": "refused", "reason": "budget_exhausted", "served": null,
                  "steps": [ { "step": "refuse", "after_us": 30, "reason": "budget_exhausted", "limits": [
                    { "id": "acme:cost/month", "amount": 500, "used_before": 400, "held_before": 90, "taken": 20,
                      "reason": "budget_exhausted" } ] },
                    { "step": "advise", "after_us": 80, "remedies": [
                      { "kind": "wait", "retry_after_ms": 1500, "at": "2026-11-20T10:00:01.500Z" },
                      { "kind": "reduce_max_tokens", "max_tokens": 44 }, { "kind": "use_model", "model": "small" },
                      { "kind": "upgrade_tier", "tier": "pro" }, { "kind": "ask_owner" },
                      { "kind": "fix_request", "param": "n" } ] } ],
                  "usage": { "input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0,
                             "reasoning_tokens": 0, "source": "unknown" },
                  "cost_nano_usd": 0, "credits": 0, "refused_cost_nano_usd": 4000, "price": null, "configuration": "sha256:00", "trace_id": null }
                """);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatIsReadOfALineIsItsReceiptAsAWhole(long seed) {
        Random random = new Random(seed);
        List<Receipt> receipts = new Lines(seed)
                .between(AT, AT + 86_400_000_000L, 1_000).stream()
                        .map(line -> varied(line, random))
                        .toList();
        try (SqliteLedger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS);
                Outbox outbox = ledger.outbox(() -> "node")) {
            receipts.forEach(receipt -> assertThat(ledger.record(receipt)).isNotNull());
            assertThat(ledger.lastLine()).isEqualTo(receipts.size());
            Map<String, String> shipped =
                    outbox.after(0, receipts.size()).stream().collect(Collectors.toMap(Entry::id, Entry::json));

            for (Receipt receipt : receipts) {
                String whole = WholeReceipt.json(receipt);
                assertThat(ledger.decision(receipt.id()).orElseThrow().json()).isEqualTo(whole);
                assertThat(shipped).containsEntry(receipt.id(), whole);
            }
        }
    }

    /** The same with what those lines have only one of: how long, what was asked for, by what it was served, which trace. */
    private static Receipt varied(Receipt line, Random random) {
        Asked asked = new Asked(
                random.nextBoolean() ? "openai" : "anthropic",
                random.nextBoolean() ? "/v1/chat/completions" : "",
                List.of("", line.asked().model(), "a\u0000\"\uD83D", "x".repeat(200))
                        .get(random.nextInt(4)),
                random.nextBoolean() ? Answering.WHOLE : Answering.STREAMED,
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong(1 << 20)),
                line.asked().tags());
        boolean died = random.nextInt(10) == 0;
        return new Receipt(
                line.id(),
                random.nextBoolean() ? line.atMicros() : line.atMicros() / 1_000_000 * 1_000_000,
                random.nextLong(1L << 40),
                line.caller(),
                asked,
                died ? Outcome.ABORTED : line.outcome(),
                died ? Optional.of(Reason.PROCESS_DIED) : line.reason(),
                line.served(),
                died ? List.of() : line.steps(),
                line.charge(),
                line.costNanoUsd(),
                line.credits(),
                line.providerCostNanoUsd(),
                line.refusedNanoUsd(),
                random.nextBoolean() ? "" : line.price(),
                line.configuration(),
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(TraceContext.begin(random.nextLong(), random.nextLong(), random.nextLong())));
    }

    private void assertShape(Receipt receipt, String expected) {
        JsonMapper mapper = new JsonMapper();
        String json;
        try (Ledger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS)) {
            ledger.record(receipt).toCompletableFuture().join();
            json = ledger.decision(receipt.id()).orElseThrow().json();
        }
        assertThat(mapper.readTree(json).toPrettyString())
                .isEqualTo(mapper.readTree(expected).toPrettyString());
    }
}
