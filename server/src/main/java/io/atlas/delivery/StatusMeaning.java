package io.atlas.delivery;

/** What a backend says with the status of its answer. */
enum StatusMeaning {
    /** Here it is. */
    ANSWER,
    /** The request is at fault, and would be anywhere. */
    REJECTED,
    /** There is no room for it at present: no failure. */
    FULL,
    /** The backend fails, or Atlas is not welcome there. */
    FAILED;

    static StatusMeaning of(int status) {
        return switch (status) {
            case 200 -> ANSWER;
            case 400, 413, 422 -> REJECTED;
            case 429, 503 -> FULL;
            default -> FAILED;
        };
    }
}
