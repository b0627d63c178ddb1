package io.atlas.elasticity;

import io.atlas.kernel.capacity.Room;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How full backends were of what was sent from here, since they were last looked at. */
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

    /** How full each was in the mean, to begin anew. */
    Map<String, Double> take() {
        Map<String, Double> means = new HashMap<>(sums);
        means.replaceAll((_, sum) -> sum / looks);
        sums.clear();
        looks = 0;
        return means;
    }
}
