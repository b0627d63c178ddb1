package io.atlas.kernel.quota;

import io.atlas.kernel.unit.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** Limits for tests, each in its place. */
final class Limits {
    static final Place TENANT = new Place.OfTenant("acme");

    private Limits() {}

    /** A tenant's limit in UTC. */
    static Limit limit(Kind kind, Period per, long amount) {
        return limit(kind, per, amount, ZoneOffset.UTC);
    }

    /** A tenant's limit in a zone. */
    static Limit limit(Kind kind, Period per, long amount, ZoneId zone) {
        return Limit.of(TENANT, LimitSpec.of(kind, per, amount), zone);
    }

    /** A tenant's token bucket. */
    static Limit bucket(Period per, long amount, long burst) {
        LimitSpec spec = new LimitSpec(Kind.TOKENS, Optional.of(per), amount, burst, new Narrowing.Whole(), 20);
        return Limit.of(TENANT, spec, ZoneOffset.UTC);
    }

    /** A limit with a fresh counter, in a place. */
    static Meter meter(Place place, LimitSpec spec) {
        Limit limit = Limit.of(place, spec, ZoneOffset.UTC);
        return Meter.of(limit);
    }

    /** A tenant's limit with a fresh counter. */
    static Meter meter(LimitSpec spec) {
        return meter(TENANT, spec);
    }

    /** Everything that is on a meter, leaking or not. */
    static long filled(Meter meter, long nowMicros) {
        Level level = meter.level(nowMicros);
        return level.used() + level.held();
    }
}
