package io.atlas.ledger;

import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.tenant.Caller;
import java.util.ArrayList;
import java.util.List;

/** Where a line counts. */
public final class Paths {
    private Paths() {}

    /** The places whose limits count what that caller was charged, but for that of the model. */
    public static List<Place> of(Caller caller) {
        List<Place> path = new ArrayList<>(7);
        path.add(new Place.OfGateway());
        path.add(new Place.OfTenant(caller.tenant()));
        caller.team().ifPresent(team -> path.add(new Place.OfTeam(caller.tenant(), team)));
        path.add(new Place.OfUser(caller.tenant(), caller.team(), caller.user().orElse(Each.NO_USER)));
        Place.OfKey key = new Place.OfKey(caller.tenant(), caller.team(), caller.key());
        path.add(key);
        caller.endUser().ifPresent(person -> path.add(new Place.OfEndUser(key, person)));
        return path;
    }
}
