package io.atlas.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.atlas.kernel.unit.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReachTest {
    private static final ZoneId ROME = ZoneId.of("Europe/Rome");
    private static final Optional<String> SEARCH = Optional.of("search");
    private static final Place GATEWAY = new Place.OfGateway();
    private static final Place ACME = new Place.OfTenant("acme");
    private static final Place.OfKey APP = new Place.OfKey("acme", SEARCH, "app");
    private static final Map<Each, Place> IN_SEARCH = Map.of(
            Each.TEAM, new Place.OfTeam("acme", "search"),
            Each.USER, new Place.OfUser("acme", SEARCH, Each.NO_USER),
            Each.KEY, APP);
    private static final Map<Each, Place> WITHOUT_TEAM =
            Map.of(Each.USER, new Place.OfUser("acme", Optional.empty(), "ada"), Each.KEY, APP);

    @Test
    void eachOfThoseBelowHasALimitOfItsOwn() {
        List<Limit> declared = Arrays.stream(Each.values())
                .map(each -> declared(ACME, tokens(100).forEach(each)))
                .toList();

        assertThat(new Reach(declared, IN_SEARCH, ROME).limits())
                .extracting(Limit::id, Limit::from, limit -> limit.place().scope())
                .containsExactly(
                        tuple("acme/search:tokens/day~team", "tenant", Scope.TEAM),
                        tuple("acme/search/users/-:tokens/day~user", "tenant", Scope.USER),
                        tuple("acme/search/keys/app:tokens/day~key", "tenant", Scope.KEY));
        Place ada = new Place.OfEndUser(APP, "ada");
        assertThat(new Reach(declared, Map.of(Each.END_USER, ada), ROME).limits())
                .extracting(Limit::id)
                .containsExactly("acme/search/keys/app/endUsers/ada:tokens/day~endUser");
    }

    @Test
    void aKeyWithoutATeamIsNoneOfTheTeams() {
        Limit eachTeam = declared(ACME, tokens(100).forEach(Each.TEAM));
        assertThat(new Reach(List.of(eachTeam), WITHOUT_TEAM, ROME).limits()).isEmpty();
    }

    @Test
    void whatIsGivenToEachIsBesideWhatTheOneDeclaresItself() {
        List<Limit> declared = List.of(
                declared(ACME, tokens(100).forEach(Each.KEY)), declared(APP, tokens(70)), declared(ACME, tokens(900)));
        assertThat(new Reach(declared, IN_SEARCH, ROME).limits())
                .extracting(Limit::id, limit -> limit.spec().amount())
                .containsExactly(
                        tuple("acme:tokens/day", 900L),
                        tuple("acme/search/keys/app:tokens/day~key", 100L),
                        tuple("acme/search/keys/app:tokens/day", 70L));
    }

    @Test
    void ofSeveralThatCountTheSameTheSmallestBinds() {
        LimitSpec slow = burst(60, 600).forEach(Each.KEY);
        LimitSpec small = burst(120, 30).forEach(Each.KEY);
        for (List<Limit> declared : List.of(
                List.of(declared(GATEWAY, slow), declared(ACME, small)),
                List.of(declared(ACME, small), declared(GATEWAY, slow)))) {
            assertThat(new Reach(declared, IN_SEARCH, ROME).limits())
                    .extracting(
                            Limit::id,
                            Limit::from,
                            limit -> limit.spec().amount(),
                            limit -> limit.spec().burst())
                    .containsExactly(tuple("acme/search/keys/app:tokens/minute~key", "gateway", 60L, 30L));
        }
    }

    @Test
    void ofSeveralThatCountTheSameOneInShadowBindsNobodyBesideOneThatIsEnforced() {
        LimitSpec large = burst(600, 600).forEach(Each.KEY);
        LimitSpec small = burst(60, 30).forEach(Each.KEY).in(LimitSpec.Mode.SHADOW);
        for (List<Limit> declared : List.of(
                List.of(declared(GATEWAY, large), declared(ACME, small)),
                List.of(declared(ACME, small), declared(GATEWAY, large)))) {
            assertThat(new Reach(declared, IN_SEARCH, ROME).limits())
                    .extracting(Limit::from, Limit::spec)
                    .containsExactly(tuple("gateway", large));
        }
    }

    @Test
    void itsOwnPartFollowsTheCalendarOfItsTenant() {
        List<Limit> declared = List.of(
                declared(GATEWAY, tokens(900)), declared(GATEWAY, tokens(100).forEach(Each.KEY)));
        assertThat(new Reach(declared, IN_SEARCH, ROME).limits())
                .extracting(Limit::zone)
                .containsExactly(ZoneOffset.UTC, ROME);
    }

    @Test
    void aTenantsOwnLimitReplacesItsTiersForTheSameEachOnly() {
        List<LimitSpec> tier =
                List.of(tokens(1), tokens(2).forEach(Each.KEY), tokens(3).forEach(Each.USER));
        List<LimitSpec> own = List.of(tokens(5).forEach(Each.KEY));
        assertThat(Limit.ofTenant(new Place.OfTenant("acme"), tier, own, ROME))
                .extracting(limit -> limit.spec().sort(), limit -> limit.spec().amount())
                .containsExactly(tuple("tokens/day", 1L), tuple("tokens/day~user", 3L), tuple("tokens/day~key", 5L));
    }

    @Test
    void whatATierGivesToOneIsWhatItDeclaresForNobodyElse() {
        Place ada = new Place.OfEndUser(APP, "ada");
        assertThat(Limit.ofTier(ada, List.of(tokens(10), tokens(2).forEach(Each.KEY)), ROME))
                .containsExactly(
                        new Limit("acme/search/keys/app/endUsers/ada:tokens/day", ada, "tier", tokens(10), ROME));
    }

    @Test
    void aPlaceGivesToThoseBelowItOnly() {
        assertThat(below(Scope.GATEWAY)).containsExactly(Each.TEAM, Each.USER, Each.KEY, Each.END_USER);
        assertThat(below(Scope.MODEL)).isEmpty();
        assertThat(below(Scope.TENANT)).containsExactly(Each.TEAM, Each.USER, Each.KEY, Each.END_USER);
        assertThat(below(Scope.TEAM)).containsExactly(Each.USER, Each.KEY, Each.END_USER);
        assertThat(below(Scope.USER)).containsExactly(Each.KEY, Each.END_USER);
        assertThat(below(Scope.KEY)).containsExactly(Each.END_USER);
    }

    private static List<Each> below(Scope scope) {
        return Arrays.stream(Each.values()).filter(each -> each.below(scope)).toList();
    }

    private static LimitSpec tokens(long amount) {
        return LimitSpec.of(Kind.TOKENS, Period.DAY, amount);
    }

    private static LimitSpec burst(long amount, long burst) {
        return new LimitSpec(Kind.TOKENS, Optional.of(Period.MINUTE), amount, burst, new Narrowing.Whole(), 20);
    }

    private static Limit declared(Place place, LimitSpec spec) {
        return Limit.of(place, spec, ZoneOffset.UTC);
    }
}
