package io.atlas.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaceTest {
    /** Names that a path is made of, and names that look like its fixed words. */
    private static final List<String> NAMES = List.of("a", "b", "users", "keys", "endUsers", "gateway", "model");

    @Test
    void noTwoPlacesHaveTheSamePath() {
        assertThat(places()).extracting(Place::path).doesNotHaveDuplicates();
    }

    @Test
    void everyPlaceKnowsItsScope() {
        assertThat(new Place.OfGateway().scope()).isEqualTo(Scope.GATEWAY);
        assertThat(new Place.OfModel("small").scope()).isEqualTo(Scope.MODEL);
        assertThat(new Place.OfTenant("a").scope()).isEqualTo(Scope.TENANT);
        assertThat(new Place.OfTeam("a", "b").scope()).isEqualTo(Scope.TEAM);
        assertThat(new Place.OfUser("a", Optional.empty(), "c").scope()).isEqualTo(Scope.USER);
        assertThat(new Place.OfKey("a", Optional.of("b"), "c").scope()).isEqualTo(Scope.KEY);
        assertThat(new Place.OfEndUser(new Place.OfKey("a", Optional.empty(), "b"), "c").scope())
                .isEqualTo(Scope.END_USER);
        assertThat(Scope.END_USER.word()).isEqualTo("end_user");
        assertThat(Scope.TENANT.word()).isEqualTo("tenant");
    }

    @Test
    void thePathSaysWhereThePlaceIs() {
        assertThat(new Place.OfUser("acme", Optional.of("search"), "ada").path())
                .isEqualTo("acme/search/users/ada");
        assertThat(new Place.OfKey("acme", Optional.empty(), "ci").path()).isEqualTo("acme/keys/ci");
        assertThat(new Place.OfEndUser(new Place.OfKey("acme", Optional.of("search"), "app"), "x-1_Y").path())
                .isEqualTo("acme/search/keys/app/endUsers/x-1_Y");
    }

    private static List<Place> places() {
        List<Place> places = new ArrayList<>(List.of(new Place.OfGateway()));
        NAMES.forEach(name -> places.add(new Place.OfModel(name)));
        for (String tenant : NAMES) {
            if (!tenant.equals("gateway") && !tenant.equals("model")) {
                places.addAll(placesOf(tenant));
            }
        }
        return places;
    }

    private static List<Place> placesOf(String tenant) {
        List<Place> places = new ArrayList<>(List.of(new Place.OfTenant(tenant)));
        List<Optional<String>> teams = new ArrayList<>(List.of(Optional.empty()));
        NAMES.forEach(team -> {
            places.add(new Place.OfTeam(tenant, team));
            teams.add(Optional.of(team));
        });
        for (Optional<String> team : teams) {
            for (String name : NAMES) {
                places.add(new Place.OfUser(tenant, team, name));
                Place.OfKey key = new Place.OfKey(tenant, team, name);
                places.add(key);
                NAMES.forEach(person -> places.add(new Place.OfEndUser(key, person)));
            }
        }
        return places;
    }
}
