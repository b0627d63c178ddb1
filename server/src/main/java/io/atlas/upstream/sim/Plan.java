package io.atlas.upstream.sim;

/** What the server will do about a request. */
sealed interface Plan permits Plan.Play, Fault {
    /** Speak that script, as far as fate lets it. */
    record Play(Script script, Delivery delivery, Fate fate) implements Plan {}
}
