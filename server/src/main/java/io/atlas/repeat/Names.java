package io.atlas.repeat;

import io.atlas.dialect.openai.OpenAiRequest;
import io.atlas.exchange.Asking;
import io.atlas.kernel.tenant.Caller;
import io.atlas.replay.Fingerprints;
import io.atlas.replay.RequestName;
import io.atlas.secret.Digest;
import java.nio.ByteBuffer;

/** The names by which requests are known again. */
final class Names {
    /** Between the parts of a name, none of which has it in it. */
    private static final String BETWEEN = "\n";

    private Names() {}

    /** The name that its caller gave it. The tier is no part of it, as a key keeps its answers when its tier changes. */
    static RequestName.Keyed keyed(Asking asking, String key) {
        Caller caller = asking.caller().principal().caller();
        String all = String.join(
                BETWEEN,
                caller.tenant(),
                caller.team().orElse(""),
                caller.key(),
                caller.endUser().orElse(""),
                asking.request().route().path(),
                key);
        return new RequestName.Keyed(Digest.of(all).hex());
    }

    /** The name that its own bytes make. */
    static RequestName.Printed printed(Asking asking, Fingerprints prints) {
        OpenAiRequest request = asking.request();
        ByteBuffer body = request.bytes();
        return new RequestName.Printed(
                asking.caller().principal().caller(), request.route().path(), body.remaining(), prints.of(body));
    }
}
