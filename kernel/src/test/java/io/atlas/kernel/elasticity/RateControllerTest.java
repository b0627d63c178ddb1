package io.atlas.kernel.elasticity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.kernel.elasticity.RateController.Allocation;
import io.atlas.kernel.elasticity.RateController.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RateControllerTest {
    private static final double STEP = 5;
    private static final OptionalDouble HUNDRED = OptionalDouble.of(100);

    private final RateController controller = new RateController();

    private static Member member(String id, double floor, double cap, double offered) {
        return new Member(id, 1, floor, cap, floor, offered);
    }

    private double rate(Allocation allocation, String id) {
        return allocation.rates().getOrDefault(id, -1.0);
    }

    @Test
    void untilItIsKnownWhatCanBeServedEachHasWhatIsDeclared() {
        List<Member> members = List.of(new Member("a", 1, 5, 50, 20, 1_000), new Member("b", 9, 5, 50, 7, 0));
        Allocation allocation = controller.step(members, OptionalDouble.empty(), STEP);
        assertThat(rate(allocation, "a")).isEqualTo(20);
        assertThat(rate(allocation, "b")).isEqualTo(7);
    }

    @Test
    void whatOneLeavesTheOtherIsGivenByAQuarterInEachStepAndLosesAtOnce() {
        List<Member> idle = List.of(member("a", 40, 90, 200), member("b", 40, 90, 0));
        double before = 40;
        for (int i = 0; i < 10; i++) {
            double now = rate(controller.step(idle, HUNDRED, STEP), "a");
            assertThat(now).isBetween(before, 1.25 * before + 1e-9);
            before = now;
        }
        assertThat(before).isEqualTo(90);
        List<Member> back = List.of(member("a", 40, 90, 200), member("b", 40, 90, 200));
        Allocation shared = controller.step(back, HUNDRED, STEP);
        assertThat(rate(shared, "a")).isCloseTo(47.5, within(1e-9));
        assertThat(rate(shared, "b")).isBetween(40.0, 50.0);
    }

    @Test
    void guaranteesInUseThatAreMoreThanThereIsAreSaidAndKept() {
        List<Member> members = List.of(member("a", 80, 90, 200), member("b", 80, 90, 200));
        Allocation allocation = controller.step(members, HUNDRED, STEP);
        assertThat(allocation.oversold()).isTrue();
        assertThat(rate(allocation, "a")).isEqualTo(80);
        assertThat(controller
                        .step(List.of(member("a", 80, 90, 0), member("b", 80, 90, 0)), HUNDRED, 3_000)
                        .oversold())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 20})
    void ofADemandThatComesAndGoesARateTurnsOnceForEachTurn(int period) {
        int turns = 0;
        double before = -1;
        int direction = 0;
        int edges = 0;
        for (int i = 0; i < 20 * period; i++) {
            double offered = i / period % 2 == 0 ? 90 : 0;
            edges += i % period == 0 ? 1 : 0;
            List<Member> members = List.of(member("a", 20, 100, 90), member("b", 20, 100, offered));
            double now = rate(controller.step(members, HUNDRED, STEP), "a");
            int there = before < 0 ? 0 : (int) Math.signum(now - before);
            if (there != 0 && there != direction) {
                turns++;
                direction = there;
            }
            before = now;
        }
        assertThat(turns).isLessThanOrEqualTo(edges);
    }

    @Test
    void nobodyIsBelowHisFloorOrAboveHisCapAndUseIsNeverMoreThanThereIsInAThousandWalksOfSeed3() {
        Random random = new Random(3);
        for (int walk = 0; walk < 1_000; walk++) {
            RateController one = new RateController();
            int many = 1 + random.nextInt(8);
            double capacity = 50 + random.nextDouble(200);
            for (int step = 0; step < 20; step++) {
                List<Member> members = new ArrayList<>();
                for (int i = 0; i < many; i++) {
                    double floor = 0.8 * capacity / many;
                    members.add(
                            new Member("m" + i, 1 + i % 3, floor, floor * (1 + i), floor, random.nextDouble(capacity)));
                }
                Allocation allocation = one.step(members, OptionalDouble.of(capacity), STEP);
                double sum = 0;
                for (Member member : members) {
                    double rate = rate(allocation, member.id());
                    assertThat(rate).as("walk %s step %s", walk, step).isBetween(member.floor(), member.cap());
                    sum += Math.min(rate, member.offered());
                }
                assertThat(sum).as("walk %s step %s", walk, step).isLessThanOrEqualTo(1.05 * capacity);
            }
        }
    }

    @Test
    void whatIsServedByTheShareOfPlacesInUseIsWhatAllWouldServe() {
        CapacityEstimate estimate = new CapacityEstimate();
        estimate.observe(0, 0.5, STEP);
        assertThat(estimate.perSecond()).isEmpty();
        estimate.observe(10, 0.25, STEP);
        assertThat(estimate.perSecond()).hasValue(40);
        estimate.observe(0.1, 0.001, STEP);
        assertThat(estimate.perSecond())
                .as("of little use nothing is learned but what there is at least")
                .hasValue(40);
        estimate.observe(4, 0.01, STEP);
        assertThat(estimate.perSecond()).hasValue(80);
        for (int i = 0; i < 30; i++) {
            estimate.observe(30, 1, STEP);
        }
        assertThat(estimate.perSecond().orElseThrow()).isCloseTo(30, within(0.1));
    }
}
