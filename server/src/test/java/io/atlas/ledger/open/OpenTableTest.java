package io.atlas.ledger.open;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.config.Durability;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.ChildJvm;
import io.atlas.ledger.Dimension;
import io.atlas.ledger.Ledger;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.UsageQuery;
import io.atlas.ledger.UsageReport.Sums;
import io.atlas.ledger.open.Survivor.Progress;
import io.atlas.ledger.sqlite.SqliteLedger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenTableTest {
    private static final int SLOTS = 8;

    @TempDir
    Path folder;

    @Test
    void aNewTableHasNoSurvivors() {
        try (OpenTable table = open()) {
            assertThat(table.survivors()).isEmpty();
            assertThat(table.tornSlots()).isZero();
        }
    }

    @Test
    void whatIsOpenWhenTheProcessDiesIsFoundAsItWasSeenLast() throws Exception {
        Process process = ChildJvm.start(ClaimingProcess.class, file().toString());
        try (var out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("ready");
            process.destroyForcibly().waitFor();
        }
        try (OpenTable table = open()) {
            assertThat(table.survivors())
                    .containsExactlyInAnyOrder(
                            new Survivor(request(1), Progress.UNSENT, Usage.of(1_001, 0)),
                            new Survivor(request(2), Progress.SENT, Usage.of(1_002, 0)),
                            new Survivor(request(3), Progress.SENT, Usage.of(1_003, 77)));
            assertThat(table.tornSlots()).isZero();
        }
    }

    @Test
    void survivorsKeepTheirSlotsUntilTheyAreCleared() {
        claimAndClose(request(1), request(2));
        try (OpenTable table = open()) {
            assertThat(claimAll(table)).hasSize(SLOTS - 2);
            table.clearSurvivors();
            table.clearSurvivors();
            assertThat(claimAll(table)).hasSize(2);
        }
    }

    @Test
    void aFullTableGivesNoSlotUntilOneIsCleared() {
        try (OpenTable table = open()) {
            List<OpenSlot> all = claimAll(table);
            assertThat(all).hasSize(SLOTS);
            all.getFirst().clear();
            all.getFirst().clear();
            assertThat(claimAll(table)).hasSize(1);
        }
    }

    @Test
    void aSlotThatWasClearedChangesNothingOfItsNextOwner() {
        try (OpenTable table = OpenTable.open(file(), 1)) {
            OpenSlot stale = table.claim(request(1)).orElseThrow();
            stale.clear();
            table.claim(request(2));
            stale.sent();
            stale.checkpoint(5, 5);
            stale.clear();
        }
        try (OpenTable table = OpenTable.open(file(), 1)) {
            assertThat(table.survivors())
                    .containsExactly(new Survivor(request(2), Progress.UNSENT, Usage.of(1_002, 0)));
        }
    }

    @Test
    void everyFieldSurvivesInAnyScriptAndALongModelNameIsCut() {
        OpenRequest odd = new OpenRequest(
                "req_é",
                -1,
                new Caller("名".repeat(64), Optional.empty(), Optional.of(""), "ключ", "tier", Optional.of("ß")),
                new Asked("openai", "/v1/embeddings", "😀".repeat(500), Answering.WHOLE, OptionalLong.empty()),
                new Served("m", "b"),
                0,
                Price.FREE,
                "",
                "sha256:00",
                List.of(),
                Price.FREE);
        claimAndClose(odd);
        try (OpenTable table = open()) {
            OpenRequest found = table.survivors().getFirst().request();
            assertThat(found.caller()).isEqualTo(odd.caller());
            assertThat(found.asked().model()).matches("(😀){1,64}");
            assertThat(found.asked().maxTokens()).isEmpty();
            assertThat(found.asked().answering()).isEqualTo(Answering.WHOLE);
            assertThat(found.atMicros()).isEqualTo(-1);
        }
    }

    @Test
    void aRequestThatNoSlotCanHoldIsRefusedAndTakesNone() {
        OpenRequest huge = new OpenRequest(
                "x".repeat(3_000),
                0,
                request(1).caller(),
                request(1).asked(),
                request(1).served(),
                0,
                Price.FREE,
                "",
                "",
                List.of(),
                Price.FREE);
        try (OpenTable table = open()) {
            assertThatThrownBy(() -> table.claim(huge)).hasMessageContaining("longer than its slot (expected: at most");
            assertThat(claimAll(table)).hasSize(SLOTS);
        }
    }

    @Test
    void everyTornByteOfARequestIsNoticed() throws Exception {
        IntStream head = IntStream.range(0, 12);
        IntStream body = IntStream.iterate(32, offset -> offset < 280, offset -> offset + 5);
        for (int offset : IntStream.concat(head, body).toArray()) {
            Files.deleteIfExists(file());
            claimAndClose(request(1), request(2));
            flip(TableFile.HEADER_BYTES + offset);
            try (OpenTable table = open()) {
                assertThat(table.survivors())
                        .as("byte %d", offset)
                        .extracting(Survivor::request)
                        .containsExactly(request(2));
                assertThat(table.tornSlots()).as("byte %d", offset).isEqualTo(1);
                table.clearSurvivors();
                assertThat(claimAll(table)).hasSize(SLOTS);
            }
        }
    }

    @Test
    void aSlotThatWasWrittenBeforeItHeldWhatTokensCostUsSaysThatTheyCostNothing() throws Exception {
        claimAndClose(request(1));
        cutOff(4 * Long.BYTES);
        try (OpenTable table = open()) {
            OpenRequest found = table.survivors().getFirst().request();
            assertThat(found.providerPrice()).isEqualTo(Price.FREE);
            assertThat(found.price()).isEqualTo(request(1).price().weighedBy(0));
            assertThat(found.asked()).isEqualTo(request(1).asked());
        }
    }

    @Test
    void aSlotThatWasWrittenBeforeTokensWereWeighedHasNoCredits() throws Exception {
        claimAndClose(request(1));
        cutOff(Long.BYTES);
        try (OpenTable table = open()) {
            OpenRequest found = table.survivors().getFirst().request();
            assertThat(found.providerPrice()).isEqualTo(request(1).providerPrice());
            assertThat(found.price()).isEqualTo(request(1).price().weighedBy(0));
        }
    }

    @Test
    void aForeignFileIsRefused() throws Exception {
        Files.writeString(file(), "something else entirely ".repeat(20));
        assertThatThrownBy(this::open).isInstanceOf(LedgerException.class).hasMessageContaining("magic of ");
        Files.writeString(file(), "short");
        assertThatThrownBy(this::open).isInstanceOf(LedgerException.class).hasMessageContaining("has 5 bytes");
    }

    @Test
    void aTableThatWasCutOffIsRefused() throws Exception {
        open().close();
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1);
        }
        assertThatThrownBy(this::open).isInstanceOf(LedgerException.class).hasMessageContaining("length of ");
    }

    @Test
    void aTableThatIsInUseIsRefused() {
        try (OpenTable _ = open()) {
            assertThatThrownBy(this::open).isInstanceOf(LedgerException.class).hasMessageContaining("is in use");
        }
        open().close();
    }

    @Test
    void aTableGrowsAndKeepsItsSurvivorsAndNeverShrinks() {
        claimAndClose(request(1));
        try (OpenTable table = OpenTable.open(file(), 100)) {
            assertThat(table.survivors()).hasSize(1);
            assertThat(claimAll(table)).hasSize(99);
        }
        try (OpenTable table = OpenTable.open(file(), 1)) {
            assertThat(table.survivors()).hasSize(100);
        }
    }

    @Test
    void manyThreadsNeverShareASlot() {
        var ids = ConcurrentHashMap.<String>newKeySet();
        try (OpenTable table = OpenTable.open(file(), 64)) {
            IntStream.range(0, 8).parallel().forEach(thread -> {
                for (int i = 0; i < 5_000; i++) {
                    table.claim(request(thread * 10_000 + i)).orElseThrow().clear();
                }
                for (int i = 0; i < 8; i++) {
                    OpenRequest kept = request(thread * 10_000 + 9_000 + i);
                    table.claim(kept).orElseThrow().sent();
                    ids.add(kept.id());
                }
            });
        }
        try (OpenTable table = OpenTable.open(file(), 64)) {
            assertThat(table.survivors())
                    .extracting(survivor -> survivor.request().id())
                    .containsExactlyInAnyOrderElementsOf(ids);
        }
    }

    @Test
    void whatDiedIsChargedWhatItWasLastSeenToHaveUsedAndOnlyOnce() {
        claimAndClose(request(1));
        try (OpenTable table = open()) {
            OpenSlot slot = table.claim(request(2)).orElseThrow();
            slot.sent();
            slot.checkpoint(1_002, 40);
        }
        UsageQuery all = new UsageQuery(List.of(Dimension.BACKEND), 0, Long.MAX_VALUE);
        try (Ledger ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.DISK)) {
            try (OpenTable table = open()) {
                Recovery.run(table, ledger).toCompletableFuture().join();
                assertThat(Recovery.run(table, ledger).toCompletableFuture().join())
                        .isEqualTo(2);
            }
            try (OpenTable table = open()) {
                assertThat(table.survivors()).isEmpty();
            }
            long nanoUsd = request(2).price().nanoUsd(Usage.of(1_002, 40));
            long credits = request(2).price().credits(Usage.of(1_002, 40));
            assertThat(ledger.usage(all).total())
                    .isEqualTo(new Sums(1, 1, 1, 0, 1_002, 0, 40, 0, nanoUsd, 1_532_501, credits));
            assertThat(ledger.decision(request(2).id()).orElseThrow().json())
                    .contains("\"outcome\":\"aborted\"", "\"reason\":\"process_died\"", "\"source\":\"estimated\"");
            assertThat(ledger.decision(request(1).id()).orElseThrow().json())
                    .contains("\"served\":null", "\"cost_nano_usd\":0");
        }
    }

    static OpenRequest request(int number) {
        return new OpenRequest(
                "req_%032x".formatted(number),
                1_795_000_000_000_000L + number,
                new Caller("acme", Optional.of("search"), Optional.of("ada"), "ci", "pro")
                        .behind("x".repeat(22), "free"),
                new Asked("openai", "/v1/chat/completions", "large", Answering.STREAMED, OptionalLong.of(500))
                        .with(Tags.of("env=prod,feature=search")),
                new Served("large", "gpu-a"),
                1_000 + number,
                new Price(2_500_000, 1_250_000, 10_000_000, 150_001),
                "large@2026-11-20",
                "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                List.of("tokens/day", "cost/month@large"),
                new Price(1_250_000, 1_250_000, 7_000_001));
    }

    private Path file() {
        return folder.resolve("open.table");
    }

    private OpenTable open() {
        return OpenTable.open(file(), SLOTS);
    }

    private void claimAndClose(OpenRequest... requests) {
        try (OpenTable table = open()) {
            for (OpenRequest request : requests) {
                assertThat(table.claim(request)).isPresent();
            }
        }
    }

    private static List<OpenSlot> claimAll(OpenTable table) {
        List<OpenSlot> slots = new ArrayList<>();
        Optional<OpenSlot> slot = table.claim(request(9));
        while (slot.isPresent()) {
            slots.add(slot.get());
            slot = table.claim(request(9));
        }
        return slots;
    }

    /** Makes the first slot one whose request ends so many bytes earlier. */
    private void cutOff(int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer slot = ByteBuffer.allocate(Slot.BYTES).order(ByteOrder.nativeOrder());
            channel.read(slot, TableFile.HEADER_BYTES);
            int length = slot.getInt(4) - bytes;
            CRC32C checksum = new CRC32C();
            checksum.update(slot.array(), 32, length);
            slot.putInt(4, length).putInt(8, (int) checksum.getValue());
            channel.write(slot.rewind(), TableFile.HEADER_BYTES);
        }
    }

    private void flip(long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position);
            channel.write(one.put(0, (byte) ~one.get(0)).rewind(), position);
        }
    }
}
