package io.atlas.kernel.quota;

import java.util.Optional;

/**
 * A point of the tree of who pays that limits are bound to. The path is the first part of a limit's id, and its words
 * are what the ledger filters by when it counts what the place has used.
 */
public sealed interface Place {
    /** The whole gateway. */
    record OfGateway() implements Place {}

    /** One model, over all tenants. */
    record OfModel(String model) implements Place {}

    /** What a provider allows several deployments together: of no tenant, and on the path of no caller. */
    record OfPool(String pool) implements Place {}

    /** An organisation. */
    record OfTenant(String tenant) implements Place {}

    /** What an organisation may have once limits of its tier are used up. */
    record OfStandIn(String tenant) implements Place {
        /** The last part of its path. No team has that name. */
        public static final String WORD = "whenExhausted";
    }

    /** A team of an organisation. */
    record OfTeam(String tenant, String team) implements Place {}

    /** A user of an organisation, or of one of its teams. */
    record OfUser(String tenant, Optional<String> team, String user) implements Place {}

    /** A key of an organisation, or of one of its teams. */
    record OfKey(String tenant, Optional<String> team, String key) implements Place {}

    /**
     * One of the people behind a key.
     *
     * @param id of letters, digits, {@code -} and {@code _} only, so that no path is ambiguous
     */
    record OfEndUser(OfKey key, String id) implements Place {}

    /** The level of the place. */
    default Scope scope() {
        return switch (this) {
            case OfGateway _ -> Scope.GATEWAY;
            case OfModel _ -> Scope.MODEL;
            case OfPool _ -> Scope.POOL;
            case OfTenant _, OfStandIn _ -> Scope.TENANT;
            case OfTeam _ -> Scope.TEAM;
            case OfUser _ -> Scope.USER;
            case OfKey _ -> Scope.KEY;
            case OfEndUser _ -> Scope.END_USER;
        };
    }

    /** Who pays there, where one does. */
    default Optional<String> payer() {
        return switch (this) {
            case OfGateway _, OfModel _, OfPool _ -> Optional.empty();
            case OfTenant of -> Optional.of(of.tenant);
            case OfStandIn of -> Optional.of(of.tenant);
            case OfTeam of -> Optional.of(of.tenant);
            case OfUser of -> Optional.of(of.tenant);
            case OfKey of -> Optional.of(of.tenant);
            case OfEndUser of -> Optional.of(of.key.tenant);
        };
    }

    /** Whether it is wider than a tenant. */
    default boolean shared() {
        return scope().compareTo(Scope.TENANT) < 0;
    }

    /** The path, unique among all places: no tenant may be called {@code gateway}, {@code model} or {@code pool}. */
    default String path() {
        return switch (this) {
            case OfGateway _ -> "gateway";
            case OfModel of -> "model/" + of.model;
            case OfPool of -> "pool/" + of.pool;
            case OfTenant of -> of.tenant;
            case OfStandIn of -> of.tenant + "/" + OfStandIn.WORD;
            case OfTeam of -> of.tenant + "/" + of.team;
            case OfUser of -> parent(of.tenant, of.team) + "/users/" + of.user;
            case OfKey of -> parent(of.tenant, of.team) + "/keys/" + of.key;
            case OfEndUser of -> of.key.path() + "/endUsers/" + of.id;
        };
    }

    private static String parent(String tenant, Optional<String> team) {
        return team.map(name -> tenant + "/" + name).orElse(tenant);
    }
}
