package io.atlas.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintsTest {
    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(61).subtract(BigInteger.ONE);

    /** The same polynomial by whole numbers without a bound. */
    @Test
    void itIsThePolynomialThatItIsSaidToBe() {
        Random random = new Random(61);
        for (int i = 0; i < 2_000; i++) {
            long seed = random.nextLong();
            byte[] body = new byte[random.nextInt(60)];
            random.nextBytes(body);

            assertThat(BigInteger.valueOf(new Fingerprints(seed).of(ByteBuffer.wrap(body)))
                            .mod(PRIME))
                    .as("seed %d, %d bytes", seed, body.length)
                    .isEqualTo(plainly(seed, body));
        }
    }

    @Test
    void bodiesThatDifferInOneBitDiffer() {
        Fingerprints prints = new Fingerprints(0x9e37_79b9_7f4a_7c15L);
        byte[] body = new byte[100];
        Set<Long> seen = new HashSet<>();
        seen.add(prints.of(ByteBuffer.wrap(body)));
        for (int bit = 0; bit < 8 * body.length; bit++) {
            body[bit / 8] ^= (byte) (1 << bit % 8);
            seen.add(prints.of(ByteBuffer.wrap(body)));
            body[bit / 8] ^= (byte) (1 << bit % 8);
        }

        assertThat(seen).hasSize(801);
    }

    private static BigInteger plainly(long seed, byte[] body) {
        BigInteger point = BigInteger.valueOf(1 + Long.remainderUnsigned(seed, PRIME.longValue() - 1));
        BigInteger sum = BigInteger.ZERO;
        int at = 0;
        for (; at + 8 <= body.length; at += 7) {
            sum = sum.multiply(point).add(new BigInteger(1, body, at, 7)).mod(PRIME);
        }
        return sum.multiply(point)
                .add(new BigInteger(1, body, at, body.length - at))
                .mod(PRIME);
    }
}
