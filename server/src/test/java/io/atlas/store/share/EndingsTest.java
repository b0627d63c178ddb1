package io.atlas.store.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.unit.Period;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a line of the ledger finds uncounted of the request that it is of. */
class EndingsTest {
    private static final Limit HELD = limit("acme");
    private static final Limit YOUNG = limit("beta");
    private static final List<Limit> BOTH = List.of(HELD, YOUNG);
    private static final Level EMPTY = new Level(0, 0, 0);
    private static final Reservation REQUEST =
            Reservation.elsewhere("request", new Demand(1, 1, 1), List.of(new Reservation.Told(HELD, EMPTY, EMPTY)), 0);

    private final Endings endings = new Endings();

    @Test
    void onlyWhatItDidNotHoldWhereItIsStillCounted() {
        endings.recount();
        endings.counted("request");

        assertThat(endings.uncounted(BOTH, REQUEST)).containsExactly(YOUNG);
    }

    @Test
    void allOfItWhereARecountThrewItAway() {
        endings.counted("request");
        endings.recount();

        assertThat(endings.uncounted(BOTH, REQUEST)).isEqualTo(BOTH);
    }

    @Test
    void itsLineIsItsLastAndAfterItNothingIsKnownOfIt() {
        endings.counted("request");
        assertThat(endings.uncounted(List.of(), REQUEST)).isEmpty();
        endings.recount();

        assertThat(endings.uncounted(BOTH, REQUEST)).containsExactly(YOUNG);
    }

    private static Limit limit(String tenant) {
        return Limit.of(new Place.OfTenant(tenant), LimitSpec.of(Kind.REQUESTS, Period.MONTH, 10), ZoneOffset.UTC);
    }
}
