package io.atlas.order;

import io.atlas.kernel.order.Answer;
import io.atlas.kernel.order.Word;
import java.util.concurrent.CompletionStage;

/** Where the nodes say what they have of a backend, and hear whose turn it is: {@link io.atlas.kernel.order.Order} of each. */
public interface Board {
    /**
     * Says a word; fails where it is not known within half a second what is answered.
     *
     * @param places how many requests the backend may have at once
     */
    CompletionStage<Answer> tell(String backend, int places, Word word);
}
