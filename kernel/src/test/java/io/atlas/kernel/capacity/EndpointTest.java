package io.atlas.kernel.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EndpointTest {
    private static final long SECOND = 1_000_000;

    private final Endpoint endpoint = new Endpoint(100);
    private long now;

    @Test
    void whoIsAloneMayAlwaysCome() {
        endpoint.read(reading(0, 0, 1_000), now);
        assertThat(endpoint.lacks(1_000_000, 1_000_000, now)).isEmpty();
    }

    @Test
    void noMoreRequestsComeThanMay() {
        for (int i = 0; i < 100; i++) {
            assertThat(endpoint.lacks(1, 1, now)).isEmpty();
            endpoint.begin(1, 1, now);
        }
        assertThat(endpoint.lacks(1, 1, now)).contains(Scarce.REQUESTS);
        assertThat(endpoint.full()).isTrue();
    }

    @Test
    void whatIsWrittenBeyondTheEstimateTakesMemory() {
        endpoint.read(reading(0, 0, 10_000), now);
        Stay stay = endpoint.begin(4_000, 100, now);
        assertThat(endpoint.lacks(4_000, 800, now)).isEmpty();
        endpoint.grow(stay, 1_000);
        assertThat(endpoint.lacks(4_000, 800, now)).contains(Scarce.KV_TOKENS);
        endpoint.end(stay, now);
        assertThat(endpoint.lacks(4_000, 800, now)).isEmpty();
    }

    @Test
    void anAnswerThatIsShorterThanWasSaidGivesNothingBackBeforeItsEnd() {
        Stay stay = endpoint.begin(4_000, 1_000, now);
        endpoint.grow(stay, 10);
        assertThat(room(Scarce.KV_TOKENS).used()).isEqualTo(5_000);
    }

    @Test
    void whatABackendBeganAgainBeforeItWasFirstAskedIsNotHeldAgainstIt() {
        endpoint.read(
                new Reading(
                        OptionalDouble.empty(), OptionalDouble.of(0.5), OptionalLong.of(100_000), OptionalDouble.of(7)),
                now);
        pass(1);
        assertThat(room(Scarce.KV_TOKENS).most()).hasValue(90_000);
    }

    @Test
    void itIsAdjustedOnceInASecondHoweverOftenTimePasses() {
        fill(80);
        endpoint.overloaded();
        pass(1);
        for (int i = 0; i < 10; i++) {
            endpoint.lacks(1, 1, now);
            now += SECOND / 10;
            endpoint.pass(now);
        }
        assertThat(endpoint.requests()).isEqualTo(76);
    }

    @Test
    void manyWhoComeAtOnceDoNotAllFindTheSameRoom() {
        endpoint.read(reading(0, 0, 100_000), now);
        int came = 0;
        while (endpoint.lacks(1_000, 200, now).isEmpty()) {
            endpoint.begin(1_000, 200, now);
            came++;
        }
        assertThat(came * 1_200).isBetween(88_000, 90_000);
    }

    @Test
    void aBackendThatSaysItHasTooMuchIsGivenFewerAndThenMoreAgain() {
        fill(80);
        for (int second = 0; second < 5; second++) {
            endpoint.overloaded();
            pass(1);
        }
        assertThat(endpoint.requests()).isEqualTo(72);
        for (int second = 0; second < 60; second++) {
            endpoint.lacks(1, 1, now);
            pass(1);
        }
        assertThat(endpoint.requests()).as("no more than are held back by it").isBetween(80, 86);
    }

    @Test
    void oneRefusalOfFewDoesNotShutTheDoor() {
        fill(1);
        endpoint.overloaded();
        pass(5);
        assertThat(endpoint.requests()).isEqualTo(70);
    }

    @Test
    void aBackendWhoseOwnQueueGrowsIsGivenFewer() {
        fill(100);
        for (int second = 0; second < 20; second++) {
            endpoint.read(reading(40, 0.5), now);
            pass(1);
        }
        assertThat(endpoint.requests()).as("half of those who waited in it").isEqualTo(80);
    }

    @Test
    void whatABackendToldLongAgoIsNotHeldAgainstIt() {
        fill(100);
        endpoint.read(reading(40, 0.5), now);
        now += 4 * SECOND;
        endpoint.pass(now);
        assertThat(endpoint.requests()).isEqualTo(100);
    }

    @Test
    void aBackendThatBeginsRequestsAgainIsPlannedWithLessMemory() {
        long before = most(Scarce.KV_TOKENS, reading(0, 0.5, 100_000));
        for (int again = 1; again <= 3; again++) {
            endpoint.read(
                    new Reading(
                            OptionalDouble.empty(),
                            OptionalDouble.of(0.5),
                            OptionalLong.of(100_000),
                            OptionalDouble.of(again)),
                    now);
            pass(1);
        }
        assertThat(before).isEqualTo(90_000);
        assertThat(room(Scarce.KV_TOKENS).most().orElseThrow()).isLessThan(82_000);
    }

    @Test
    void aBackendThatHasRoomForAllHoldsNobodyBackHoweverLongFirstTokensTake() {
        SplittableRandom random = new SplittableRandom(3);
        Deque<Stay> open = new ArrayDeque<>();
        for (int i = 0; i < 5_000; i++) {
            now += 10_000;
            assertThat(endpoint.lacks(300, 100, now)).as("request %d", i).isEmpty();
            open.add(endpoint.begin(300, 100, now));
            if (open.size() > 40) {
                Stay stay = open.remove();
                endpoint.firstToken(stay, now + random.nextLong(0, 60_000));
                endpoint.end(stay, now + 100_000);
            }
            endpoint.pass(now);
        }
        assertThat(endpoint.requests()).isEqualTo(100);
    }

    @Test
    void aPauseUnderLittleLoadHoldsNobodyBack() {
        for (int i = 0; i < 100; i++) {
            now += SECOND;
            Stay stay = endpoint.begin(20, 100, now);
            Stay second = endpoint.begin(20, 100, now);
            long tookMicros = i % 10 < 5 ? 900_000 : 50_000;
            endpoint.firstToken(stay, now + tookMicros);
            endpoint.firstToken(second, now + tookMicros);
            endpoint.end(stay, now + tookMicros);
            endpoint.end(second, now + tookMicros);
            endpoint.pass(now);
        }
        assertThat(room(Scarce.PREFILL_TOKENS).most()).isEmpty();
        assertThat(endpoint.requests()).isGreaterThan(50);
    }

    @Test
    void wholeAnswersAreTakenToBeReadInTheTimeThatOthersTake() {
        congest();
        long rate = room(Scarce.PREFILL_TOKENS).most().orElseThrow();
        Stay first = endpoint.begin(2 * rate, 1, now);
        endpoint.comesWhole(first, now);
        assertThat(endpoint.lacks(1_000, 1, now)).contains(Scarce.PREFILL_TOKENS);
        now += 5 * SECOND;
        assertThat(endpoint.lacks(1_000, 1, now)).isEmpty();
        endpoint.end(first, now);
        assertThat(room(Scarce.PREFILL_TOKENS).used()).isZero();
    }

    @Test
    void oneThatIsStuckDoesNotHoldTheOthersBackForEver() {
        congest();
        endpoint.begin(100_000, 1, now);
        assertThat(endpoint.lacks(1_000, 1, now)).contains(Scarce.PREFILL_TOKENS);
        now += 60 * SECOND;
        assertThat(endpoint.lacks(1_000, 1, now)).isEmpty();
    }

    @Test
    void aBackendThatReadsTenThousandTokensASecondIsSentThirdOfASecondOfThem() {
        congest();
        assertThat(room(Scarce.PREFILL_TOKENS).most().orElseThrow()).isBetween(3_300L, 5_500L);
    }

    @Test
    void nothingIsLeftOfAMillionThatEndedInAnyWay() {
        SplittableRandom random = new SplittableRandom(42);
        endpoint.read(reading(0, 0.5, 200_000), now);
        List<Stay> open = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            now += random.nextLong(2_000);
            if (open.size() < 300 && random.nextInt(2) == 0) {
                open.add(endpoint.begin(random.nextLong(3_000), random.nextLong(300), now));
                continue;
            }
            if (!open.isEmpty()) {
                step(open, random);
            }
            endpoint.pass(now);
        }
        open.forEach(stay -> endpoint.end(stay, now));
        assertThat(endpoint.rooms()).allSatisfy(room -> assertThat(room.used()).isZero());
    }

    private void step(List<Stay> open, SplittableRandom random) {
        int index = random.nextInt(open.size());
        Stay stay = open.get(index);
        switch (random.nextInt(6)) {
            case 0 -> endpoint.firstToken(stay, now);
            case 1 -> endpoint.comesWhole(stay, now);
            case 2 -> endpoint.grow(stay, random.nextLong(1_000));
            case 3 -> endpoint.lacks(random.nextLong(3_000), 100, now);
            default -> {
                endpoint.end(stay, now);
                endpoint.end(stay, now);
                endpoint.firstToken(stay, now);
                endpoint.grow(stay, 1_000_000);
                open.remove(index);
            }
        }
    }

    /** A backend that reads ten thousand tokens a second, one request after the other, and is asked for more. */
    private void congest() {
        Deque<Stay> open = new ArrayDeque<>();
        for (int i = 0; i < 400; i++) {
            while (open.size() < 40 && endpoint.lacks(500, 1, now).isEmpty()) {
                open.add(endpoint.begin(500, 1, now));
            }
            now += 50_000;
            Stay stay = open.remove();
            endpoint.firstToken(stay, now);
            endpoint.end(stay, now);
            endpoint.pass(now);
        }
        open.forEach(stay -> endpoint.end(stay, now));
    }

    private void fill(int requests) {
        for (int i = 0; i < requests; i++) {
            endpoint.begin(1, 1, now);
        }
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += SECOND;
            endpoint.pass(now);
        }
    }

    private long most(Scarce of, Reading reading) {
        endpoint.read(reading, now);
        return room(of).most().orElseThrow();
    }

    private Room room(Scarce of) {
        return endpoint.rooms().stream()
                .filter(room -> room.of() == of)
                .findFirst()
                .orElseThrow();
    }

    private static Reading reading(double waiting, double kvUsed) {
        return new Reading(
                OptionalDouble.of(waiting), OptionalDouble.of(kvUsed), OptionalLong.empty(), OptionalDouble.empty());
    }

    private static Reading reading(double waiting, double kvUsed, long kvTokens) {
        return new Reading(
                OptionalDouble.of(waiting),
                OptionalDouble.of(kvUsed),
                OptionalLong.of(kvTokens),
                OptionalDouble.empty());
    }
}
