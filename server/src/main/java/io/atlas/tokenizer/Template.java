package io.atlas.tokenizer;

/**
 * The tokens that a chat template adds to the texts of its messages.
 *
 * @param perMessage for the marks around a message and the word of its role
 * @param perName for a message that names its author
 * @param perReply for the opening of the answer
 */
public record Template(long perMessage, long perName, long perReply) {
    /**
     * As OpenAI's cookbook counts them ("How to count tokens with tiktoken"): three marks and one word for each message.
     * Exact for the text of GPT-4 and GPT-4o.
     */
    public static final Template OPENAI = new Template(4, 1, 3);

    /** The tokens added to that many messages, of which that many have a name; none where there is no message. */
    public long tokens(long messages, long names) {
        return messages == 0 ? 0 : perMessage * messages + perName * names + perReply;
    }
}
