package io.atlas.config.yaml;

import io.atlas.kernel.quota.Each;
import io.atlas.kernel.quota.Place;
import io.atlas.yaml.Names;

/** What the things of a configuration may be called. */
public final class Naming {
    /** Of tenants; not those names that would make a limit's path ambiguous. */
    public static final Names TENANT = Names.plain("tenant", "gateway", "model", "pool");
    /** Of teams. */
    public static final Names TEAM = Names.plain("team", "users", "keys", Place.OfStandIn.WORD);
    /** Of users. */
    public static final Names USER = Names.plain("user", Each.NO_USER);
    /** Of keys. */
    public static final Names KEY = Names.plain("key");
    /** Of pools. */
    public static final Names POOL = Names.plain("pool");

    static final Names BACKEND = Names.plain("backend");
    static final Names MODEL = Names.withSlash("model");
    static final Names CLASS = Names.plain("class");
    static final Names TIER = Names.plain("tier");
    static final Names WEBHOOK = Names.plain("webhook");

    private Naming() {}
}
