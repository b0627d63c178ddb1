package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One mistake at a time, each on the ninth line: behind a world that has none. */
final class SectionsTest {
    private static final String URL =
            "expected: http://HOST[:PORT][/PREFIX] or https://..., without user, query or fragment";
    private static final String KINDS =
            "expected: exactly one of requests, tokens, inputTokens, outputTokens, credits, cost, concurrent";

    @ParameterizedTest
    @MethodSource({"servers", "limits", "credits", "tenants", "keys"})
    void aMistakeIsReportedWithPlaceAndExpectation(String line, List<String> findings) {
        assertThat(Yaml.findings(Yaml.WORLD + line + "\n"))
                .containsExactlyElementsOf(
                        findings.stream().map(at -> "atlas.yaml:9:" + at).toList());
    }

    @ParameterizedTest
    @MethodSource({"backends", "models", "tiers"})
    void aMistakeInTheWorldIsReportedToo(String good, String bad, List<String> findings) {
        assertThat(Yaml.WORLD).contains(good);
        assertThat(Yaml.findings(Yaml.WORLD.replace(good, bad)))
                .containsExactlyElementsOf(
                        findings.stream().map(at -> "atlas.yaml:" + at).toList());
    }

    static Stream<Arguments> servers() {
        return Stream.of(
                line(
                        "server: { listen: 8080 }",
                        "19: error: listen: 8080 (expected: HOST:PORT such as 127.0.0.1:8080 or [::1]:8080)"),
                line(
                        "server: { listen: { port: 1 } }",
                        "19: error: listen: a mapping (expected: HOST:PORT such as 127.0.0.1:8080 or [::1]:8080)"),
                line(
                        "server: { listen: }",
                        "11: error: listen: nothing (expected: HOST:PORT such as 127.0.0.1:8080 or [::1]:8080)"),
                line(
                        "server: { lisen: 1 }",
                        "11: error: lisen: unknown key (expected: one of admin, data, limits, listen, metrics; did you mean `listen`?)"),
                line("server: { tls: {} }", "11: error: tls: not supported yet"),
                line("server: { admin: { tls: {} } }", "20: error: tls: not supported yet"),
                line(
                        "server: { admin: { listen: 0.0.0.0:1 } }",
                        "20: error: listen: 0.0.0.0:1 (expected: an address of loopback; any other needs TLS, which is not supported yet)"),
                line(
                        "server: { admin: { listen: atlas.local:1 } }",
                        "20: error: listen: atlas.local:1 (expected: an address of loopback; any other needs TLS, which is not supported yet)"),
                line(
                        "server: { admin: { listen: 127.0.0.1:8080 } }",
                        "20: error: listen: 127.0.0.1:8080 (expected: another address than server.listen)"),
                line(
                        "server: { metrics: { listen: 127.0.0.1:8081 } }",
                        "22: error: listen: 127.0.0.1:8081 (expected: another address than server.admin.listen)"),
                line(
                        "server: { limits: { body: 10MB, head: 2MiB, connections: 0 } }",
                        "27: error: body: 10MB (expected: 1KiB to 1GiB)",
                        "39: error: head: 2MiB (expected: 1KiB to 1MiB)",
                        "58: error: connections: 0 (expected: 1 to 1M)"),
                line("server: [ 1 ]", "9: error: server: a list (expected: a mapping)"));
    }

    static Stream<Arguments> credits() {
        return Stream.of(
                line("credits: {}", "1: error: reference: missing (expected: one of large, small)"),
                line(
                        "credits: { reference: smal }",
                        "23: error: reference: smal (expected: one of large, small; did you mean `small`?)"),
                line("credits: { reference: small, per: day }", "30: error: per: unknown key (expected: reference)"),
                line("credits: small", "10: error: credits: small (expected: a mapping)"));
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                line(
                        "limits: [ { tokns: 5, per: day } ]",
                        "11: error: kind: missing (" + KINDS + ")",
                        "13: error: tokns: unknown key (expected: one of adaptive, burst, class, concurrent, cost, credits, each, inputTokens, lowWater, mode, model, outputTokens, per, requests, schedule, tokens; did you mean `tokens`?)"),
                line(
                        "limits: [ { tokens: 5, requests: 5, per: day } ]",
                        "13: error: tokens: beside requests (" + KINDS + ")"),
                line(
                        "limits: [ { tokens: 5 } ]",
                        "11: error: per: missing (expected: one of day, hour, minute, month, quarter, second, week, year)"),
                line(
                        "limits: [ { tokens: 5, per: minut } ]",
                        "29: error: per: minut (expected: one of day, hour, minute, month, quarter, second, week, year; did you mean `minute`?)"),
                line("limits: [ { concurrent: 5, per: day } ]", "28: error: per: beside concurrent (expected: none)"),
                line("limits: [ { tokens: 0, per: day } ]", "21: error: tokens: 0 (expected: 1 to 9_000_000G)"),
                line(
                        "limits: [ { cost: 5, per: day } ]",
                        "19: error: cost: 5 (expected: \"0.000000001 USD\" to \"9000000 USD\")"),
                line(
                        "limits: [ { tokens: 5, per: day, burst: 5 } ]",
                        "34: error: burst: beside a limit without it (expected: per second, minute or hour)"),
                line(
                        "limits: [ { tokens: 5, per: hour, burst: 0 } ]",
                        "42: error: burst: 0 (expected: 1 to 9_000_000G)"),
                line(
                        "limits: [ { tokens: 5, per: day, lowWater: 5 } ]",
                        "44: error: lowWater: 5 (expected: 0% to 100%, or auto)"),
                line(
                        "limits: [ { tokens: 5, per: hour, lowWater: 5% } ]",
                        "35: error: lowWater: beside a rate (expected: per day, week, month, quarter or year)"),
                line(
                        "limits: [ { concurrent: 5, lowWater: auto } ]",
                        "28: error: lowWater: beside concurrent (expected: per day, week, month, quarter or year)"),
                line(
                        "limits: [ { tokens: 5, per: day, model: larg } ]",
                        "41: error: model: larg (expected: one of large, small; did you mean `large`?)"),
                line(
                        "limits: [ { tokens: 5, per: day, class: pro } ]",
                        "41: error: class: pro (expected: one of basic, expert)"),
                line(
                        "limits: [ { tokens: 5, per: day, class: basic, model: small } ]",
                        "34: error: class: beside model (expected: one of the two)"),
                line(
                        "limits: [ { tokens: 5, per: day }, { cost: 1 USD, per: day }, { tokens: 6, per: day } ]",
                        "63: error: tokens/day: twice (first at atlas.yaml:9:11)"),
                line(
                        "limits: [ { credits: 5, per: day } ]",
                        "13: error: credits: nothing to weigh by (expected: credits: { reference: MODEL } beside models)"),
                line(
                        "limits: [ { tokens: 5, per: day, mode: shade } ]",
                        "40: error: mode: shade (expected: one of enforced, shadow; did you mean `shadow`?)"),
                line(
                        "limits: [ { tokens: 5, per: day }, { tokens: 4, per: day, mode: shadow } ]",
                        "36: error: tokens/day: twice (first at atlas.yaml:9:11)"),
                line(
                        "limits: [ { tokens: 5, per: day, each: users } ]",
                        "40: error: each: users (expected: one of endUser, key, team, user; did you mean `user`?)"),
                line(
                        "limits: [ { tokens: 5, per: day, each: key }, { tokens: 6, per: day }, { tokens: 7, per: day, each: key } ]",
                        "72: error: tokens/day~key: twice (first at atlas.yaml:9:11)"),
                line("limits: [ 5 ]", "11: error: limit: 5 (expected: a mapping)"),
                line("limits: 5", "9: error: limits: 5 (expected: a list)"));
    }

    static Stream<Arguments> tenants() {
        return Stream.of(
                line("tenants: { acme: { } }", "12: error: tier: missing (expected: pro)"),
                line("tenants: { acme: { tier: prro } }", "26: error: tier: prro (expected: pro)"),
                line(
                        "tenants: { acme: { tier: pro, zone: Rome } }",
                        "37: error: zone: Rome (expected: a time zone such as Europe/Rome)"),
                line(
                        "tenants: { acme: { tier: pro, disclosure: ful } }",
                        "43: error: disclosure: ful (expected: one of full, minimal; did you mean `full`?)"),
                line(
                        "tenants: { acme: { tier: pro, routing: { prefer: [ gpu ] } } }",
                        "52: error: prefer: gpu (expected: sim)"),
                line(
                        "tenants: { acme: { tier: pro, routing: { whenLow: [ downgrade ] } } }",
                        "42: warning: whenLow: downgrade does nothing (expected: a model with downgrade: another that its tier may use)"),
                line(
                        "tenants: { gateway: { tier: pro } }",
                        "12: error: tenant: gateway (expected: 1 to 64 of letters, digits, . _ - :; not gateway or model or pool)"),
                line(
                        "tenants: { a/b: { tier: pro } }",
                        "12: error: tenant: a/b (expected: 1 to 64 of letters, digits, . _ - :; not gateway or model or pool)"),
                line(
                        "tenants: { acme: { tier: pro, teams: { keys: } } }",
                        "40: error: team: keys (expected: 1 to 64 of letters, digits, . _ - :; not keys or users or whenExhausted)"),
                line(
                        "tenants: { acme: { tier: pro, teams: { a: { tier: pro } } } }",
                        "45: error: tier: unknown key (expected: one of keys, limits, users)"),
                line(
                        "tenants: { acme: { tier: pro, users: { ada: { limit: [] } } } }",
                        "47: error: limit: unknown key (expected: limits)"));
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                key("k: { }", "1: error: secret: missing (expected: either secret or sha256)"),
                key(
                        "k: { secret: '${KEY}', sha256: abc }",
                        "24: error: sha256: beside secret (expected: one of the two)",
                        "32: error: sha256: *** (expected: 64 hexadecimal digits)"),
                key("k: { secret: '${KEY}', user: eva }", "30: error: user: eva (expected: ada)"),
                key(
                        "k: { secret: '${KEY}', expires: soon }",
                        "33: error: expires: soon (expected: a date such as 2027-01-01 or an instant such as 2027-01-01T12:00:00Z)"),
                key(
                        "k: { secret: '${KEY}', expires: 2026-11-20 }",
                        "24: warning: expires: 2026-11-20T00:00:00Z (expected: a moment to come)"),
                key(
                        "k: { secret: '${KEY}', endUsers: {} }",
                        "24: error: max: missing (expected: 1 to 1M)",
                        "24: error: tier: missing (expected: pro)"),
                key(
                        "k: { secret: '${KEY}', endUsers: { max: 0, tier: gold, mayClaim: [ prro ], min: 1 } }",
                        "41: error: max: 0 (expected: 1 to 1M)",
                        "50: error: tier: gold (expected: pro)",
                        "68: error: tier: prro (expected: pro)",
                        "76: error: min: unknown key (expected: one of max, mayClaim, tier)"),
                key(
                        "k: { secret: '${KEY}', limits: [ { tokens: 5, per: day, each: user } ] }",
                        "63: error: each: user (expected: endUser)"),
                key(
                        "k: { secret: '${KEY}' }, l: { secret: '${KEY}' }",
                        "26: error: acme/keys/l: the same key as acme/keys/k at atlas.yaml:9:61 (expected: one of its own)"));
    }

    static Stream<Arguments> backends() {
        return Stream.of(
                world(
                        "{ type: sim }",
                        "{ type: vlm }",
                        "3:16: error: type: vlm (expected: one of ollama, openai, sglang, sim, vllm; did you mean `vllm`?)"),
                world("{ type: sim }", "{ type: triton }", "3:16: error: type: triton (not supported yet)"),
                world("{ type: sim }", "{ type: vllm }", "3:3: error: url: missing (" + URL + ")"),
                world("{ type: sim }", "{ type: vllm, url: a }", "3:27: error: url: a (" + URL + ")"),
                world(
                        "{ type: sim }",
                        "{ type: vllm, url: 'http://a', ttft: 1s }",
                        "3:39: error: ttft: unknown key (expected: one of apiKey, concurrency, health, queue, queueTimeout, type, url)"),
                world(
                        "{ type: sim }",
                        "{ type: openai, url: 'http://a', apiVersion: 1 }",
                        "3:41: error: apiVersion: not supported yet"),
                world(
                        "{ type: sim }",
                        "{ type: sim, concurrency: 0, queue: 2M, queueTimeout: 0s }",
                        "3:34: error: concurrency: 0 (expected: 1 to 100k)",
                        "3:44: error: queue: 2M (expected: 0 to 1M)",
                        "3:62: error: queueTimeout: 0s (expected: 1ms to 1h)"),
                world(
                        "{ type: sim }",
                        "{ type: sim, slots: 0, cuts: 5 }",
                        "3:28: error: slots: 0 (expected: 1 to 100k)",
                        "3:37: error: cuts: 5 (expected: 0% to 100%, at most one decimal)"));
    }

    static Stream<Arguments> models() {
        String good =
                "class: expert, price: { input: \"1 USD\", output: \"2 USD\" }, deployments: [ { backend: sim } ]";
        String deployed = "deployments: [ { backend: sim } ]";
        String priced = "price: { input: 1 USD, output: 2 USD }, ";
        return Stream.of(
                world(
                        good,
                        deployed,
                        "6:3: error: price: missing (expected: { input: \"2.50 USD\", output: \"10.00 USD\" })"),
                world(
                        good,
                        deployed + ", price: { input: 1 }",
                        "6:47: error: output: missing (expected: \"0 USD\" to \"1000 USD\", at most 6 decimals)",
                        "6:63: error: input: 1 (expected: \"0 USD\" to \"1000 USD\", at most 6 decimals)"),
                world(
                        good,
                        priced + "context: 10, maxOutput: 11, " + deployed,
                        "6:76: error: maxOutput: 11 (expected: 1 to 10)"),
                world(
                        good,
                        priced + "maxOutput: 10, defaultOutput: 11, " + deployed,
                        "6:82: error: defaultOutput: 11 (expected: 1 to 10)"),
                world(
                        good,
                        priced + "downgrade: smal, fallback: smal, " + deployed,
                        "6:63: error: downgrade: smal (expected: one of large, small; did you mean `small`?)",
                        "6:79: error: fallback: smal (expected: one of large, small; did you mean `small`?)"),
                world(
                        good,
                        good + ", downgrade: large",
                        "6:106: error: downgrade: large (expected: a chain that ends; it is large > large)"),
                world(
                        good,
                        good + ", fallback: large",
                        "6:106: error: fallback: large (expected: a chain that ends; it is large > large)"),
                world(good, priced, "6:3: error: deployments: missing (expected: at least one)"),
                world(good, priced + "deployments: []", "6:52: error: deployments: empty (expected: at least one)"),
                world(
                        good,
                        priced + "deployments: [ { backend: simm, weight: 0, pool: a, model: '' } ]",
                        "6:78: error: backend: simm (expected: sim)",
                        "6:92: error: weight: 0 (expected: 1 to 1k)",
                        "6:101: error: pool: a (expected: a pool; none is declared)",
                        "6:111: error: model: \"\" (expected: 1 to 256 visible ASCII characters)"),
                world(
                        good,
                        good + ", limits: [ { tokens: 5, per: day, model: small } ]",
                        "6:139: error: model: unknown key (expected: one of adaptive, burst, concurrent, cost, credits, inputTokens, lowWater, mode, outputTokens, per, requests, schedule, tokens; did you mean `mode`?)"),
                world(
                        "large:",
                        "'la rge':",
                        "6:3: error: model: la rge (expected: 1 to 64 of letters, digits, . _ - : /)"));
    }

    static Stream<Arguments> tiers() {
        String good = "models: [ \"*\" ]";
        return Stream.of(
                world(good, "", "8:3: error: models: missing (expected: at least one, or \"*\" for all)"),
                world(good, "models: []", "8:10: error: models: empty (expected: at least one, or \"*\" for all)"),
                world(good, "models: small", "8:18: error: models: small (expected: a list)"),
                world(
                        good,
                        "models: [ smal ]",
                        "8:20: error: model: smal (expected: one of *, large, small; did you mean `small`?)"),
                world(
                        good,
                        "models: [ { class: exprt } ]",
                        "8:29: error: class: exprt (expected: one of basic, expert; did you mean `expert`?)"),
                world(good, "models: [ small ]", "6:3: warning: large: unused (expected: a tier that may use it)"),
                world(
                        good,
                        "models: [ { class: basic } ]",
                        "6:3: warning: large: unused (expected: a tier that may use it)"),
                world(
                        good,
                        good + ", priority: -1, weight: 0",
                        "8:37: error: priority: -1 (expected: 0 to 1k)",
                        "8:49: error: weight: 0 (expected: 1 to 1k)"),
                world(
                        good,
                        good + ", sla: { ttft: 0s, tokens: 1 }, routing: { prefer: [ gpu ] }",
                        "8:40: error: ttft: 0s (expected: 1ms to 10m)",
                        "8:44: error: tokens: unknown key (expected: one of tokensPerSecond, ttft)",
                        "8:78: error: prefer: gpu (expected: sim)"),
                world(
                        good,
                        good + ", whenExhausted: {}",
                        "8:27: error: limits: missing (expected: at least one)",
                        "8:27: error: models: missing (expected: at least one)"),
                world(
                        good,
                        "models: [ large ], whenExhausted: { models: [ small, \"*\" ], limits: [ { tokens: 5, per: day, each: key } ] }",
                        "5:3: warning: small: unused (expected: a tier that may use it)",
                        "8:56: warning: model: small never serves (expected: one that the tier may use)",
                        "8:63: error: model: * (expected: a name)",
                        "8:103: error: each: unknown key (expected: one of adaptive, burst, concurrent, cost, credits, inputTokens, lowWater, mode, outputTokens, per, requests, schedule, tokens)"),
                world(
                        good,
                        good + ", whenLow: [ trim, clamp, clamp, downgrad ]",
                        "8:51: error: whenLow: clamp (expected: once)",
                        "8:58: error: whenLow: downgrad (expected: one of clamp, downgrade, trim; did you mean `downgrade`?)"));
    }

    @Test
    void aLimitOnWhatTheTierMayNotUseIsAWarning() {
        String narrowed = "models: [ small, { class: expert } ], limits: [ { tokens: 5, per: day, class: basic } ] }\n"
                + "  low: { models: [ small ], limits: [ { tokens: 5, per: day, model: large } ]";
        String tenant = "tenants: { acme: { tier: low, limits: [ { tokens: 5, per: day, class: expert } ] },"
                + " beta: { tier: pro } }\n";
        assertThat(Yaml.findings(Yaml.WORLD.replace("models: [ \"*\" ]", narrowed) + tenant))
                .containsExactly(
                        "atlas.yaml:9:39: warning: limit @large: counts nothing (expected: what its tier may use)",
                        "atlas.yaml:10:41: warning: limit #expert: counts nothing (expected: what its tier may use)");
    }

    @Test
    void aKeyThatStartsWithXIsIgnoredWhereKeysAreFixedAndANameWhereTheyAreNot() {
        assertThat(Yaml.findings(Yaml.WORLD + "x-a: { b: 1 }\nserver: { x-b: 1 }\ntenants: { x-corp: { x-c: 1 } }\n"))
                .containsExactly("atlas.yaml:11:12: error: tier: missing (expected: pro)");
    }

    @Test
    void aUserOfOneTeamIsUnknownInAnother() {
        String teams = "a: { users: { ada: } }, b: { keys: { k: { secret: '${KEY}', user: ada } } }";
        assertThat(Yaml.findings(Yaml.WORLD + "tenants: { acme: { tier: pro, teams: { " + teams + " } } }\n"))
                .containsExactly("atlas.yaml:9:106: error: user: ada (expected: a user; none is declared)");
    }

    private static Arguments line(String line, String... findings) {
        return Arguments.of(line, List.of(findings));
    }

    /** A key of a tenant that has the user ada; columns count from the key on. */
    private static Arguments key(String key, String... findings) {
        String before = "tenants: { acme: { tier: pro, users: { ada: }, keys: {      ";
        List<String> shifted = Stream.of(findings)
                .map(finding -> {
                    int colon = finding.indexOf(':');
                    int column = Integer.parseInt(finding.substring(0, colon)) + before.length();
                    return column + finding.substring(colon);
                })
                .toList();
        return Arguments.of(before + key + " } } }", shifted);
    }

    private static Arguments world(String good, String bad, String... findings) {
        return Arguments.of(good, bad, List.of(findings));
    }
}
