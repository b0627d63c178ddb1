package io.atlas.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.secret.Secret;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTest {
    /** As docs/reference/admin-api.md publishes it for secret scanners. */
    private static final Pattern PUBLISHED = Pattern.compile("atl_[a-z]_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}");

    /** Its checksum was computed by zlib. */
    private static final String GOOD = "atl_k_7Hq2LmZa_0123456789ABCDEFGHIJKLMNOPQRSTUV_25dZkq";

    @Test
    void everyNewKeyIsOfThePublishedFormAndHasItsChecksum() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            Secret key = KeyText.fresh();
            assertThat(key.reveal()).matches(PUBLISHED).startsWith(KeyText.id(key) + "_");
            assertThat(KeyText.isBroken(key.reveal())).isFalse();
            ids.add(KeyText.id(key));
        }
        assertThat(ids).hasSize(10_000);
    }

    @Test
    void theChecksumIsTheCrc32OfAllThatStandsBeforeIt() {
        assertThat(KeyText.isBroken(GOOD)).isFalse();
    }

    @Test
    void everyChangeOfOneLetterIsNoticed() {
        String letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (int i = KeyText.PREFIX.length(); i < GOOD.length(); i++) {
            for (int letter = 0; letter < letters.length(); letter++) {
                String other = GOOD.substring(0, i) + letters.charAt(letter) + GOOD.substring(i + 1);
                if (GOOD.charAt(i) != '_' && !other.equals(GOOD)) {
                    assertThat(KeyText.isBroken(other)).as(other).isTrue();
                }
            }
        }
    }

    @Test
    void twoLettersThatChangedPlacesAreNoticed() {
        for (int i = KeyText.PREFIX.length(); i + 1 < GOOD.length(); i++) {
            char left = GOOD.charAt(i);
            char right = GOOD.charAt(i + 1);
            if (left != '_' && right != '_' && left != right) {
                String other = GOOD.substring(0, i) + right + left + GOOD.substring(i + 2);
                assertThat(KeyText.isBroken(other)).as(other).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "atl_k_",
                "a-key-of-the-file-0123456789",
                "atl_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcd",
                "atl_s_7Hq2LmZa_0123456789ABCDEFGHIJKLMNOPQRSTUV_000000",
                "atl_k_7Hq2LmZa_0123456789ABCDEFGHIJKLMNOPQRST-V_000000",
                "atl_k_7Hq2LmZa-0123456789ABCDEFGHIJKLMNOPQRSTUV_000000",
                "atl_k_7Hq2LmZa_0123456789ABCDEFGHIJKLMNOPQRSTUV_0000000"
            })
    void aTextOfAnotherFormIsNotJudged(String text) {
        assertThat(KeyText.isBroken(text)).isFalse();
    }
}
