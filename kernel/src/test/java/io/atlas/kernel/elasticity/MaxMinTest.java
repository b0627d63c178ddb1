package io.atlas.kernel.elasticity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.kernel.elasticity.MaxMin.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MaxMinTest {
    @Test
    void whatOneDoesNotWantTheOthersShareByWeight() {
        List<Claim> claims = List.of(new Claim(1, 10, 100, 5), new Claim(1, 10, 100, 90), new Claim(3, 10, 100, 90));
        assertThat(MaxMin.shares(claims, 85)).containsExactly(5.0, 20.0, 60.0);
    }

    @Test
    void floorsThatAreMoreThanThereIsAreCutByOneFactor() {
        List<Claim> claims = List.of(new Claim(1, 40, 100, 100), new Claim(9, 20, 100, 100));
        assertThat(MaxMin.shares(claims, 30)).containsExactly(20.0, 10.0);
    }

    @Test
    void nobodyHasAnythingOfNothing() {
        assertThat(MaxMin.shares(List.of(new Claim(1, 0, 10, 0), new Claim(1, 0, 10, 5)), 0))
                .containsExactly(0.0, 0.0);
        assertThat(MaxMin.shares(List.of(), 10)).isEmpty();
    }

    @Test
    void sharesAreThoseOfABruteForceInTenThousandRandomCasesOfSeed5() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            List<Claim> claims = claims(random);
            double capacity = random.nextInt(5) == 0 ? random.nextInt(20) : random.nextDouble(400);
            List<Double> shares = MaxMin.shares(claims, capacity);
            List<Double> oracle = bisected(claims, capacity);
            for (int j = 0; j < claims.size(); j++) {
                assertThat(shares.get(j))
                        .as("case %s of %s in %s", i, claims, capacity)
                        .isCloseTo(oracle.get(j), within(1e-7));
            }
            invariants(claims, shares, capacity);
        }
    }

    private static List<Claim> claims(Random random) {
        List<Claim> claims = new ArrayList<>();
        int many = random.nextInt(12);
        for (int i = 0; i < many; i++) {
            double floor = random.nextInt(3) == 0 ? 0 : random.nextInt(30);
            double cap = floor + (random.nextInt(4) == 0 ? 0 : random.nextInt(60));
            double wanted = random.nextInt(4) == 0 ? 0 : random.nextDouble(100);
            claims.add(new Claim(1 + random.nextInt(8), floor, cap, wanted));
        }
        return claims;
    }

    /** The level by halving, and nothing clever. */
    private static List<Double> bisected(List<Claim> claims, double capacity) {
        double floors = claims.stream()
                .mapToDouble(claim -> Math.min(claim.floor(), claim.wanted()))
                .sum();
        if (floors >= capacity) {
            return claims.stream()
                    .map(claim -> floors == 0 ? 0 : Math.min(claim.floor(), claim.wanted()) * capacity / floors)
                    .toList();
        }
        double low = 0;
        double high = 1e6;
        for (int i = 0; i < 200; i++) {
            double level = (low + high) / 2;
            if (at(claims, level).stream().mapToDouble(share -> share).sum() > capacity) {
                high = level;
            } else {
                low = level;
            }
        }
        return at(claims, low);
    }

    private static List<Double> at(List<Claim> claims, double level) {
        return claims.stream()
                .map(claim -> Math.min(
                        Math.min(claim.cap(), claim.wanted()),
                        Math.max(Math.min(claim.floor(), claim.wanted()), level * claim.weight())))
                .toList();
    }

    private static void invariants(List<Claim> claims, List<Double> shares, double capacity) {
        double sum = shares.stream().mapToDouble(share -> share).sum();
        double most = claims.stream()
                .mapToDouble(claim -> Math.min(claim.cap(), claim.wanted()))
                .sum();
        assertThat(sum).isCloseTo(Math.min(capacity, most), within(1e-6));
        for (int i = 0; i < claims.size(); i++) {
            for (int j = 0; j < claims.size(); j++) {
                boolean more = shares.get(i)
                        < Math.min(claims.get(i).cap(), claims.get(i).wanted()) - 1e-6;
                boolean above = shares.get(j)
                        > Math.min(claims.get(j).floor(), claims.get(j).wanted()) + 1e-6;
                if (more && above) {
                    assertThat(shares.get(j) / claims.get(j).weight())
                            .isLessThanOrEqualTo(shares.get(i) / claims.get(i).weight() + 1e-6);
                }
            }
        }
    }
}
