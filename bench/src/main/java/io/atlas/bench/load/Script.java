package io.atlas.bench.load;

import java.util.Locale;
import java.util.SplittableRandom;

/** What a text may be written in; each is as hard on a tokenizer as its kind can be while it is still of its kind. */
public enum Script {
    /** Prose of common words. */
    ENGLISH {
        private static final String[] WORDS = """
                the of and to in a is that for it was on are as with his they at be this from have or by one had not but \
                what all were when we there can an your which their said if do will each about how up out them then she \
                many some so these would other into has more her two like him see time could no make than first been its \
                who now people my made over did down only way find use may water long little very after words called just \
                where most know quota receipt government information understanding nevertheless responsibility model \
                """.split("\\s+");

        @Override
        String piece(SplittableRandom random) {
            String word = WORDS[random.nextInt(WORDS.length)];
            return random.nextInt(12) == 0 ? word + ", " : word + " ";
        }
    },
    /** Chinese, Japanese and Korean without a blank. */
    CJK {
        private static final String HAN = "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起";
        private static final String KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもアイウエオカキクケコ";
        private static final String HANGUL = "가나다라마바사아자차카타파하은는이을를에의도로와과한국어말글사람나무물불산강";

        @Override
        String piece(SplittableRandom random) {
            String alphabet = switch (random.nextInt(3)) {
                case 0 -> HAN;
                case 1 -> KANA;
                default -> HANGUL;
            };
            StringBuilder piece = new StringBuilder();
            for (int left = random.nextInt(4, 30); left > 0; left--) {
                piece.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            return piece.append('。').toString();
        }
    },
    /** Random bytes in base64, without a line's end. */
    BASE64 {
        private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        @Override
        String piece(SplittableRandom random) {
            return ALPHABET.substring(random.nextInt(ALPHABET.length())).substring(0, 1);
        }
    },
    /** Faces, signs and joined families, without a blank. */
    EMOJI {
        private static final int FACES = 0x1F600;
        private static final int SIGNS = 0x1F300;
        private static final int JOINER = 0x200D;

        @Override
        String piece(SplittableRandom random) {
            StringBuilder piece = new StringBuilder().appendCodePoint(FACES + random.nextInt(0x50));
            return switch (random.nextInt(4)) {
                case 0 ->
                    piece.appendCodePoint(JOINER)
                            .appendCodePoint(SIGNS + random.nextInt(0x100))
                            .toString();
                case 1 -> piece.appendCodePoint(SIGNS + random.nextInt(0x100)).toString();
                default -> piece.toString();
            };
        }
    };

    /** Some of it, to be put after any other piece; it ends with a blank or has none. */
    abstract String piece(SplittableRandom random);

    /** The name as the table writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
