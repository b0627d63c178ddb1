package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is offered where a budget runs low, and in which order. */
class LadderTest {
    /** Of those that follow the calendar; requests at once do not. */
    private static final List<Kind> KINDS =
            List.of(Kind.REQUESTS, Kind.TOKENS, Kind.INPUT_TOKENS, Kind.OUTPUT_TOKENS, Kind.CREDITS, Kind.COST);

    private static final long PART = 10_000_000;

    private static final List<Rung> CHAIN =
            List.of(rung("large", 8_000_000), rung("medium", 4_000_000), rung("small", 1_000_000));

    @Test
    void nothingIsSavedWhereNothingRunsLow() {
        assertThat(Ladder.offers(List.of(Saving.CLAMP, Saving.DOWNGRADE), CHAIN, List.of(), List.of()))
                .containsExactly(asked());
    }

    @Test
    void theNextModelServesWhereItSavesEnoughAndWhatWasAskedIsTriedLast() {
        assertThat(Ladder.offers(List.of(Saving.DOWNGRADE), CHAIN, List.of(), List.of(budget(60))))
                .containsExactly(downgraded(1), downgraded(2), asked());
    }

    @Test
    void aModelThatSavesTooLittleIsTriedAfterThoseThatSaveEnough() {
        assertThat(Ladder.offers(List.of(Saving.DOWNGRADE), CHAIN, List.of(), List.of(budget(40))))
                .containsExactly(downgraded(2), downgraded(1), asked());
        assertThat(Ladder.offers(List.of(Saving.DOWNGRADE), CHAIN, List.of(), List.of(budget(1))))
                .containsExactly(downgraded(2), downgraded(1), asked());
    }

    @Test
    void anAnswerIsCutNoShorterThanNeeded() {
        Offer cut = Ladder.offers(List.of(Saving.CLAMP), CHAIN, List.of(), List.of(budget(90)))
                .getFirst();

        assertThat(cut).isEqualTo(new Offer(0, 90, List.of(Saving.CLAMP)));
        assertThat(Ladder.offers(List.of(Saving.CLAMP), CHAIN, List.of(), List.of(budget(2))))
                .containsExactly(new Offer(0, Ladder.LEAST_OUTPUT_TOKENS, List.of(Saving.CLAMP)), asked());
    }

    @Test
    void aCheaperModelIsNotCutWhereItSavesEnoughByItself() {
        List<Rung> costlyInput = List.of(
                new Rung("large", "", new Price(8_000_000, 0, 8_000_000), 100, 100, 1),
                new Rung("small", "", new Price(1_000_000, 0, 1_000_000), 100, 100, 1));
        assertThat(Ladder.offers(List.of(Saving.CLAMP, Saving.DOWNGRADE), costlyInput, List.of(), List.of(budget(60))))
                .containsExactly(downgraded(1), new Offer(0, 60, List.of(Saving.CLAMP)), asked());
    }

    @Test
    void whatDoesNotFitIsCutUntilItDoesHoweverMuchIsLeft() {
        // 100 tokens in and 100 out on a limit of 500 tokens, of which 150 are left: more than its mark, but not 200.
        Shortage tight = small(Kind.TOKENS, 150);
        assertThat(Ladder.offers(List.of(Saving.CLAMP), CHAIN, List.of(), List.of(tight))
                        .getFirst())
                .isEqualTo(new Offer(0, 50, List.of(Saving.CLAMP)));
        assertThat(Ladder.promptShare(CHAIN.getFirst(), List.of(tight))).isEqualTo(0.5);
    }

    @Test
    void aPromptKeepsWhatItsAnswerLeaves() {
        // Of 200 tokens half may be spent, and all of that goes to the answer.
        assertThat(Ladder.promptShare(CHAIN.getFirst(), List.of(small(Kind.TOKENS, 50))))
                .isZero();
        assertThat(Ladder.promptShare(CHAIN.getFirst(), List.of(small(Kind.REQUESTS, 50))))
                .isEqualTo(0.5);
        assertThat(Ladder.promptShare(CHAIN.getFirst(), List.of())).isEqualTo(1);
    }

    @Test
    void aConversationIsMadeShorterBeforeTheModelIsChangedAndOnlyThen() {
        List<Rung> whole = List.of(input("large", 8_000_000, 100), input("small", 4_000_000, 100));
        List<Rung> shorter = List.of(input("large", 8_000_000, 60), input("small", 4_000_000, 60));
        List<Saving> order = List.of(Saving.TRIM, Saving.DOWNGRADE);

        assertThat(Ladder.offers(order, whole, shorter, List.of(budget(65))))
                .containsExactly(
                        new Offer(0, 0, List.of(Saving.TRIM)),
                        new Offer(1, 0, List.of(Saving.DOWNGRADE)),
                        new Offer(0, 0, List.of()));
        assertThat(Ladder.offers(order, whole, shorter, List.of(budget(55))).getFirst())
                .isEqualTo(new Offer(1, 0, List.of(Saving.DOWNGRADE)));
        assertThat(Ladder.offers(order, whole, shorter, List.of(budget(35))).getFirst())
                .isEqualTo(new Offer(1, 0, order));
    }

    private static Rung input(String model, long picoUsd, long tokens) {
        return new Rung(model, "", new Price(picoUsd, 0, 0), tokens, 0, 1);
    }

    @Test
    void tokensAreSparedByALighterModelAsFarAsItsPriceIs() {
        assertThat(Ladder.offers(
                        List.of(Saving.DOWNGRADE),
                        CHAIN,
                        List.of(),
                        List.of(shortage(Kind.TOKENS, new Narrowing.Whole(), 90))))
                .startsWith(downgraded(1));
    }

    @Test
    void aLimitThatDoesNotCountTheOtherModelIsSparedByIt() {
        List<Rung> dearer = List.of(rung("large", 1_000_000), rung("other", 2_000_000));
        Shortage ofLarge = shortage(Kind.TOKENS, new Narrowing.ToModel("large"), 1);

        assertThat(Ladder.offers(List.of(Saving.DOWNGRADE), dearer, List.of(), List.of(ofLarge)))
                .containsExactly(downgraded(1), asked());
        assertThat(Ladder.offers(List.of(Saving.DOWNGRADE), dearer, List.of(), List.of(budget(99))))
                .containsExactly(asked());
    }

    /** Against the rule said once more, by trying every length. */
    @Test
    void everyOfferIsTheLeastThatIsNeeded() {
        Random random = new Random(20261120L);
        for (int i = 0; i < 20_000; i++) {
            List<Rung> rungs = IntStream.range(0, 1 + random.nextInt(4))
                    .mapToObj(rung -> new Rung(
                            "model-" + rung,
                            "",
                            new Price(random.nextInt(4), 0, random.nextInt(6), 2_000),
                            random.nextInt(60),
                            random.nextInt(80),
                            1 + random.nextInt(3)))
                    .toList();
            List<Saving> order = new ArrayList<>(List.of(Saving.values()));
            if (random.nextBoolean()) {
                order = order.reversed();
            }
            order = order.subList(0, random.nextInt(Saving.values().length + 1));
            Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            Shortage shortage = small(kind, random.nextInt(400));

            check(Ladder.offers(order, rungs, List.of(), List.of(shortage)), order, rungs, shortage);
        }
    }

    private static void check(List<Offer> offers, List<Saving> order, List<Rung> rungs, Shortage shortage) {
        assertThat(offers).doesNotHaveDuplicates();
        assertThat(offers.getLast()).isEqualTo(new Offer(0, rungs.getFirst().outputTokens(), List.of()));
        boolean enough = true;
        for (Offer offer : offers.subList(0, offers.size() - 1)) {
            Rung rung = rungs.get(offer.rung());
            assertThat(order).containsAll(offer.moves());
            assertThat(offer.moves().contains(Saving.DOWNGRADE)).isEqualTo(offer.rung() > 0);
            boolean cut = offer.outputTokens() < rung.outputTokens();
            assertThat(offer.moves().contains(Saving.CLAMP)).isEqualTo(cut);
            boolean now = enough(offer.outputTokens(), rung, rungs.getFirst(), shortage);
            assertThat(enough || !now).as("those that save enough come first").isTrue();
            enough = now;
            if (cut) {
                assertThat(offer.outputTokens()).isGreaterThanOrEqualTo(Ladder.LEAST_OUTPUT_TOKENS);
                assertThat(enough(offer.outputTokens() + 1, rung, rungs.getFirst(), shortage))
                        .as("a longer answer would do")
                        .isFalse();
            }
        }
    }

    private static boolean enough(long output, Rung rung, Rung asked, Shortage shortage) {
        long room = shortage.level().remaining(shortage.limit().spec());
        if (rung.demand(output).of(shortage.limit().spec().kind()) > room) {
            return false;
        }
        double share = Math.min(1, shortage.level().remaining(shortage.limit().spec()) / 100.0);
        Kind kind = shortage.limit().spec().kind();
        long before = asked.demand(asked.outputTokens()).of(kind);
        long after = rung.demand(output).of(kind);
        long priceBefore = asked.demand(asked.outputTokens()).nanoUsd();
        long priceAfter = rung.demand(output).nanoUsd();
        return (after < before && after <= before * share)
                || (priceAfter < priceBefore && priceAfter <= priceBefore * share);
    }

    private static Offer asked() {
        return new Offer(0, 100, List.of());
    }

    private static Offer downgraded(int rung) {
        return new Offer(rung, 100, List.of(Saving.DOWNGRADE));
    }

    private static Rung rung(String model, long picoUsd) {
        return new Rung(model, "", new Price(0, 0, picoUsd), 100, 100, 1);
    }

    private static Shortage budget(long leftOfMark) {
        return shortage(Kind.COST, new Narrowing.Whole(), leftOfMark);
    }

    /** A limit so large that whatever is left has room for a request; the mark is at a hundred parts of it. */
    private static Shortage shortage(Kind kind, Narrowing narrowing, long partsLeft) {
        return shortage(kind, narrowing, partsLeft * PART, PART);
    }

    /** A limit of 500 whose mark is at 100. */
    private static Shortage small(Kind kind, long left) {
        return shortage(kind, new Narrowing.Whole(), left, 1);
    }

    private static Shortage shortage(Kind kind, Narrowing narrowing, long left, long part) {
        LimitSpec spec = new LimitSpec(kind, Optional.of(Period.DAY), 500 * part, 500 * part, narrowing, 20);
        Level level = new Level(500 * part - left, 0, 1_000);
        return new Shortage(Limit.of(new Place.OfTenant("acme"), spec, ZoneOffset.UTC), level);
    }
}
