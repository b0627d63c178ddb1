package io.atlas.keys;

import io.atlas.secret.Secret;
import io.atlas.time.Ids;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The form of the keys that Atlas makes: {@code atl_k_}, an id of 8 letters, a secret of 32 and a checksum of 6, with
 * underscores between, all of base62. The secret has 190 bits. The prefix and the id may be seen by everyone: lists and
 * logs name a key by them. The checksum is the CRC-32 of all that stands before its underscore; a text of this form with
 * another one was mistyped, cut or made up, and nobody has to look for it.
 */
public final class KeyText {
    /** What every key, and every id of one, begins with; {@code k} is for callers, other letters are for later. */
    public static final String PREFIX = "atl_k_";

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID = 8;
    private static final int SECRET = 32;
    private static final int CHECKSUM = 6;
    private static final int ID_END = PREFIX.length() + ID;
    private static final int SECRET_END = ID_END + 1 + SECRET;
    private static final int LENGTH = SECRET_END + 1 + CHECKSUM;

    private KeyText() {}

    /** A new key. */
    public static Secret fresh() {
        String text = PREFIX + Ids.secret(ID) + "_" + Ids.secret(SECRET);
        return new Secret(text + "_" + checksum(text));
    }

    /** The id that a key of this form begins with. */
    public static String id(Secret key) {
        return key.reveal().substring(0, ID_END);
    }

    /** Whether the text has this form, but not the checksum that belongs to it. Keys of any other form are not ours to judge. */
    public static boolean isBroken(String text) {
        return hasForm(text) && !text.substring(SECRET_END + 1).equals(checksum(text.substring(0, SECRET_END)));
    }

    private static boolean hasForm(String text) {
        return text.length() == LENGTH
                && text.startsWith(PREFIX)
                && text.charAt(ID_END) == '_'
                && text.charAt(SECRET_END) == '_'
                && isBase62(text, PREFIX.length(), ID_END)
                && isBase62(text, ID_END + 1, SECRET_END)
                && isBase62(text, SECRET_END + 1, LENGTH);
    }

    private static boolean isBase62(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (DIGITS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Six digits hold 35 bits, so that every CRC-32 has its own. */
    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        char[] digits = new char[CHECKSUM];
        long rest = crc.getValue();
        for (int i = CHECKSUM - 1; i >= 0; i--) {
            digits[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        return new String(digits);
    }
}
