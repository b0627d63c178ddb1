package io.atlas.elasticity;

import io.atlas.kernel.capacity.Room;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How full backends were since they were last looked at. */
final class BackendUse {
    private final Map<String, Double> sums = new HashMap<>();
    private int looks;

    /** How full each is now, by what it has least of. */
    void look(Map<String, List<Room>> rooms) {
        looks++;
        rooms.forEach((backend, of) -> sums.merge(backend, use(of), Double::sum));
    }

    private static double use(List<Room> rooms) {
        return rooms.stream()
                .filter(room -> room.most().isPresent())
                .mapToDouble(
                        room -> (double) room.used() / Math.max(1, room.most().getAsLong()))
                .map(use -> Math.min(1, use))
                .max()
                .orElse(0);
    }

    /** The mean of the fullest of these: it is where the next request of such traffic would have to wait first. */
    double fullest(Collection<String> backends) {
        return backends.stream()
                .mapToDouble(backend -> looks == 0 ? 0 : sums.getOrDefault(backend, 0.0) / looks)
                .max()
                .orElse(0);
    }

    void forget() {
        sums.clear();
        looks = 0;
    }
}
