package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.Ports;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that ask the admin listener. */
class AskingTest {
    private static final String USAGE = """
            {"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z",
             "rows":[{"tenant":"acme","model":"small","requests":1234,"charged_requests":1200,"refused":2,"replayed":7,"input_tokens":900,
                      "cached_input_tokens":0,"output_tokens":400,"reasoning_tokens":0,"cost_nano_usd":375000,
                      "provider_cost_nano_usd":275001,"margin_nano_usd":99999,"credits":0},
                     {"tenant":"=cmd()","model":null,"requests":1,"charged_requests":0,"refused":1,"replayed":0,"input_tokens":0,
                      "cached_input_tokens":0,"output_tokens":0,"reasoning_tokens":0,"cost_nano_usd":0,
                      "provider_cost_nano_usd":7,"margin_nano_usd":-7,"credits":0}],
             "total":{"requests":1235,"charged_requests":1200,"refused":3,"replayed":7,"input_tokens":900,"cached_input_tokens":0,
                      "output_tokens":400,"reasoning_tokens":0,"cost_nano_usd":375000,
                      "provider_cost_nano_usd":275008,"margin_nano_usd":99992,"credits":0}}
            """;
    private static final String QUOTA = """
            {"at":"2026-11-21T10:00:00Z","limits":[
              {"id":"acme:tokens/day","scope":"tenant","from":"tenant","kind":"tokens","unit":"tokens","amount":800000,
               "per":"day","model":null,"class":null,"used":400000,"held":200000,"remaining":200000,"debt":0,
               "low_water":160000,"low":false,"resets_at":"2026-11-22T00:00:00Z"},
              {"id":"acme:cost/month","scope":"tenant","from":"tenant","kind":"cost","unit":"nano_usd",
               "amount":500000000000,"per":"month","model":null,"class":null,"used":500000001000,"held":0,"remaining":0,
               "debt":1000,"low_water":100000000000,"low":true,"resets_at":"2026-12-01T00:00:00Z"},
              {"id":"acme/search/keys/ci:concurrent","scope":"key","from":"key","kind":"concurrent","unit":"requests",
               "amount":8,"per":null,"model":null,"class":null,"used":0,"held":1,"remaining":7,"debt":0,"low_water":1,
               "low":false,"resets_at":null}]}
            """;
    private static final String DECISION = """
            {"id":"req_1","at":"2026-11-21T10:00:00.000123Z",
             "caller":{"tenant":"acme","team":"search","user":null,"key":"ci","tier":"pro"},
             "asked":{"dialect":"openai","route":"/v1/chat/completions","model":"sm\\u001b[31mall","stream":true,"max_tokens":500},
             "outcome":"refused","reason":"quota_exhausted","served":null,
             "steps":[{"step":"estimate","after_us":35,"input_tokens":310,"output_tokens":500,"method":"counted"},
                      {"step":"refuse","after_us":40,"reason":"quota_exhausted","limits":[
                        {"id":"acme:tokens/day","amount":800000,"used_before":799900,"held_before":0,"taken":810,
                         "reason":"quota_exhausted"},
                        {"id":"acme:cost/month","amount":2500000000,"used_before":75000,"held_before":0,"taken":810000,
                         "reason":null}]},
                      {"step":"settle","after_us":99,"usage":{"input_tokens":3,"output_tokens":4},"cost_nano_usd":75000},
                      {"step":"advise","after_us":104,"remedies":[
                        {"kind":"wait","retry_after_ms":50400000,"at":"2026-11-22T00:00:00Z"},
                        {"kind":"reduce_max_tokens","max_tokens":44},{"kind":"use_model","model":"small"},
                        {"kind":"upgrade_tier","tier":"enterprise"},{"kind":"fix_request","param":"x-atlas-no-downgrade"},
                        {"kind":"ask_owner"}]}],
             "usage":{"input_tokens":0,"cached_input_tokens":0,"output_tokens":0,"reasoning_tokens":0,"source":"unknown"},
             "cost_nano_usd":0,"price":"small@2026-11-20","configuration":"sha256:abc"}
            """;

    private static final String DECISIONS = """
            {"from":"2026-11-20T10:00:00Z","to":"2026-11-21T10:00:00Z",
             "rows":[{"id":"req_1","at":"2026-11-21T10:00:00.000123Z","duration_us":41,"tenant":"acme","team":"search","user":null,
                      "key":"ci","end_user":null,"tier":"pro","model":"sm\\u001b[31mall","backend":null,"outcome":"refused",
                      "reason":"quota_exhausted","input_tokens":0,"output_tokens":0,"cost_nano_usd":0,
                      "refused_cost_nano_usd":810000},
                     {"id":"req_2","at":"2026-11-21T09:00:00Z","duration_us":1200000,"tenant":"acme","team":null,"user":null,
                      "key":"app","end_user":null,"tier":"pro","model":"small","backend":"gpu-a","outcome":"served",
                      "reason":null,"input_tokens":1200,"output_tokens":40,"cost_nano_usd":75000,"refused_cost_nano_usd":0}],
             "next":"1763715600000000-7"}
            """;

    private final AdminStub stub = new AdminStub()
            .on("/admin/v1/decisions", 200, DECISIONS)
            .on("/admin/v1/usage", 200, USAGE)
            .on("/admin/v1/quota", 200, QUOTA)
            .on("/admin/v1/decisions/req_1", 200, DECISION);
    private final Map<String, String> variables =
            Map.of("ATLAS_ADMIN_URL", stub.url(), "ATLAS_ADMIN_TOKEN", "secret-token");

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void theSpendOfALimitOverTimeIsATableWithWhatIsLeft() {
        stub.on("/admin/v1/spend", 200, """
                {"limit":"acme:tokens/day","unit":"tokens","amount":800000,"zone":"UTC","from":"2026-11-21T00:00:00Z",
                 "to":"2026-11-22T00:00:00Z","parts":[
                  {"from":"2026-11-21T00:00:00Z","to":"2026-11-21T01:00:00Z","spent":200000},
                  {"from":"2026-11-21T01:00:00Z","to":"2026-11-21T02:00:00Z","spent":20000}]}
                """);
        assertThat(Ran.with(variables, "quota", "--over-time", "acme:tokens/day")
                        .out())
                .isEqualTo("""
                acme:tokens/day, 800,000 from 2026-11-21T00:00:00Z to 2026-11-22T00:00:00Z in UTC

                FROM                    SPENT     LEFT  SPENT OF THE AMOUNT SO FAR
                2026-11-21T00:00:00Z  200,000  600,000  ##########
                2026-11-21T01:00:00Z   20,000  580,000  ###########
                """);
        assertThat(stub.asked()).containsExactly("/admin/v1/spend?limit=acme%3Atokens%2Fday");
    }

    @Test
    void usageIsATableWithATotal() {
        Ran ran = Ran.with(variables, "usage");

        assertThat(ran).isEqualTo(new Ran(0, """
                from 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z

                TENANT  MODEL  REQUESTS  CHARGED  REFUSED  REPLAYED  INPUT  CACHED  OUTPUT  REASONING  COST USD  PROVIDER USD    MARGIN USD
                acme    small     1,234    1,200        2         7    900       0     400          0  0.000375   0.000275001   0.000099999
                =cmd()  -             1        0        1         0      0       0       0          0         0   0.000000007  -0.000000007
                total             1,235    1,200        3         7    900       0     400          0  0.000375   0.000275008   0.000099992
                """, ""));
        assertThat(stub.asked()).containsExactly("/admin/v1/usage?by=tenant%2Cmodel");
        assertThat(stub.authorizations()).containsExactly("Bearer secret-token");
    }

    @Test
    void usageHasAColumnOfCreditsWhereThereAreAny() {
        stub.on("/admin/v1/usage", 200, USAGE.replace("\"credits\":0", "\"credits\":12345"));

        List<String> lines = Ran.with(variables, "usage").out().lines().toList();

        assertThat(lines.get(2)).endsWith("MARGIN USD  CREDITS");
        assertThat(lines.subList(3, 6)).allMatch(line -> line.endsWith("   12,345"));
    }

    @Test
    void usageSendsTheTimesAsInstants() {
        Ran.with(variables, "usage", "--by", "team,day", "--from", "2026-11-01", "--to=2026-11-02T08:00:00Z");

        assertThat(stub.asked())
                .containsExactly(
                        "/admin/v1/usage?by=team%2Cday&from=2026-11-01T00%3A00%3A00Z&to=2026-11-02T08%3A00%3A00Z");
    }

    @Test
    void csvIsRfc4180AndHarmlessInASpreadsheet() {
        Ran ran = Ran.with(variables, "usage", "--output", "csv");

        assertThat(ran.out())
                .isEqualTo("tenant,model,requests,charged_requests,refused,replayed,input_tokens,cached_input_tokens,"
                        + "output_tokens,reasoning_tokens,cost_nano_usd,provider_cost_nano_usd,margin_nano_usd,credits\r\n"
                        + "acme,small,1234,1200,2,7,900,0,400,0,375000,275001,99999,0\r\n"
                        + "'=cmd(),,1,0,1,0,0,0,0,0,0,7,-7,0\r\n");
    }

    @Test
    void jsonAndYamlHaveEveryFieldOfTheAnswer() {
        assertThat(Ran.with(variables, "usage", "--output=json").out())
                .contains("\"cost_nano_usd\" : 375000", "\"model\" : null", "\"total\"");
        assertThat(Ran.with(variables, "usage", "-o", "YAML").out())
                .contains("cost_nano_usd: 375000", "model: null", "total:");
    }

    @Test
    void quotaIsATableOfBars() {
        Ran ran = Ran.with(variables, "quota", "--tenant", "acme co");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().lines().map(String::stripTrailing))
                .contains(
                        "acme:tokens/day                 tenant         400,000  200,000    200,000  800,000"
                                + "  [##########+++++.....]                    in 14h 0m (2026-11-22T00:00:00Z)",
                        "acme:cost/month                 tenant  500.000001 USD    0 USD      0 USD  500 USD"
                                + "  [####################] debt 0.000001 USD  in 9d 14h (2026-12-01T00:00:00Z)",
                        "acme/search/keys/ci:concurrent  key                  0        1          7        8"
                                + "  [+++.................]                    -");
        assertThat(stub.asked()).containsExactly("/admin/v1/quota?tenant=acme%20co");
    }

    @Test
    void quotaOfKeysLeavesOutAllOtherLimits() {
        Ran ran = Ran.with(variables, "quota", "--key", "ci", "--output", "csv");

        assertThat(ran.out().lines())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("acme/search/keys/ci:concurrent,key,key,");
    }

    @Test
    void explainTellsTheStoryOfARefusal() {
        Ran ran = Ran.with(variables, "explain", "req_1");

        assertThat(ran.out()).isEqualTo("""
                decision      req_1
                outcome       refused: quota_exhausted
                when          2026-11-21T10:00:00.000123Z
                who           acme/search, key ci, tier pro
                asked         sm?[31mall by openai /v1/chat/completions, streamed, at most 500 tokens
                served        -

                    0.035 ms  estimate   310 tokens in (counted), at most 500 out
                    0.040 ms  refuse     quota_exhausted
                              LIMIT                    USED   HELD   AMOUNT        ASKED          LEFT
                              acme:tokens/day       799,900      0  800,000          810           100  refused: quota_exhausted
                              acme:cost/month  0.000075 USD  0 USD  2.5 USD  0.00081 USD  2.499925 USD  fits
                    0.099 ms  settle     usage (input tokens 3, output tokens 4), cost 0.000075 USD
                    0.104 ms  advise     what would have passed
                              the same request from 2026-11-22T00:00:00Z on, 50400.000 s later
                              max_tokens of at most 44
                              the model small
                              the tier enterprise
                              x-atlas-no-downgrade changed, or left out
                              nothing that its caller can do alone: the owner can

                usage         0 in (0 cached), 0 out (0 reasoning), unknown
                cost          0 USD at the price small@2026-11-20
                configuration sha256:abc
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "null, 'waited 2.000 ms as number 3 of its team, before gpu-a: called'",
        "'\"ordered\"', 'waited 2.000 ms as number 3 of its team, before gpu-a: called, by the order of all nodes'",
        "'\"leased\"', 'waited 2.000 ms as number 3 of its team, before gpu-a: called, by this node''s own order for its part of the places'",
        "'\"local\"', 'waited 2.000 ms as number 3 of its team, before gpu-a: called, by this node''s own order, as the other nodes could not be asked'",
        "'\"drawn\"', 'waited 2.000 ms as number 3 of its team, before gpu-a: called, by the order drawn'"
    })
    void explainTellsByWhoseOrderItWaited(String order, String words) {
        String queued = """
                {"step":"queue","after_us":40,"backend":"gpu-a","place":3,"waited_us":2000,"foretold_us":null,"ended":"called","order":%s}""".formatted(order);
        stub.on("/admin/v1/decisions/req_9", 200, "{\"id\":\"req_9\",\"steps\":[" + queued + "]}");

        assertThat(Ran.with(variables, "explain", "req_9").out().lines()).anyMatch(line -> line.endsWith(words));
    }

    @Test
    void explainTellsTheNewestRefusalOfAKey() {
        Ran ran = Ran.with(variables, "explain", "--key", "ci", "--last");

        assertThat(ran.out()).startsWith("decision      req_1\n");
        assertThat(stub.asked()).hasSize(2).last().isEqualTo("/admin/v1/decisions/req_1");
        assertThat(stub.asked().getFirst())
                .startsWith("/admin/v1/decisions?")
                .contains("key=ci", "outcome=refused", "limit=1", "since=31d");
    }

    @Test
    void explainSaysThatNothingWasRefused() {
        stub.on("/admin/v1/decisions", 200, "{\"rows\":[],\"next\":null}");

        assertThat(Ran.with(variables, "explain", "--last"))
                .isEqualTo(new Ran(1, "", "atlas: not found: no refusal in the last 31 days\n"));
    }

    @ParameterizedTest
    @CsvSource({"explain", "explain req_1 --last", "explain req_1 --key ci", "explain --key ci"})
    void explainIsEitherOfAnIdOrOfTheLast(String line) {
        Ran ran = Ran.with(variables, line.split(" ", -1));

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(64);
        assertThat(stub.asked()).isEmpty();
    }

    @Test
    void decisionsAreATableThatSaysWhereItGoesOn() {
        Ran ran = Ran.with(
                variables, "decisions", "--team", "search", "--outcome", "refused", "--since", "1h", "--limit", "2");

        assertThat(ran).isEqualTo(new Ran(0, """
                AT                           DECISION  WHO             MODEL       OUTCOME                   INPUT  OUTPUT  COST USD
                2026-11-21T10:00:00.000123Z  req_1     acme/search/ci  sm?[31mall  refused: quota_exhausted      0       0         0
                2026-11-21T09:00:00Z         req_2     acme/app        small       served                    1,200      40  0.000075

                there are more: --before 1763715600000000-7
                """, ""));
        assertThat(stub.asked()).containsExactly("/admin/v1/decisions?team=search&outcome=refused&since=1h&limit=2");
    }

    @Test
    void decisionsAsCsvHaveEveryField() {
        assertThat(Ran.with(variables, "decisions", "-o", "csv").out().lines())
                .hasSize(3)
                .last()
                .isEqualTo("req_2,2026-11-21T09:00:00Z,1200000,acme,,,app,,pro,small,gpu-a,served,,1200,40,75000,0");
    }

    @Test
    void explainAsCsvNamesEveryFieldByItsPath() {
        assertThat(Ran.with(variables, "explain", "req_1", "--output", "csv").out())
                .startsWith("field,value\r\nid,req_1\r\n")
                .contains("\r\ncaller.team,search\r\ncaller.user,\r\n", "\r\nsteps.1.limits.0.taken,810\r\n");
    }

    @Test
    void anIdCannotLeaveItsPath() {
        Ran ran = Ran.with(variables, "explain", "../usage?x");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(stub.asked()).containsExactly("/admin/v1/decisions/..%2Fusage%3Fx");
    }

    @ParameterizedTest
    @CsvSource({
        "400, 64, atlas: by: planet (expected: a dimension)",
        "401, 77, atlas: not permitted: the token in ATLAS_ADMIN_TOKEN is not accepted",
        "404, 1, atlas: not found: by: planet (expected: a dimension)",
        "429, 75, atlas: refused for now: by: planet (expected: a dimension); try again in 7 s",
        "500, 1, atlas: the server failed: by: planet (expected: a dimension)",
        "503, 75, atlas: refused for now: by: planet (expected: a dimension); try again in 7 s",
        "504, 69, atlas: unavailable: by: planet (expected: a dimension)"
    })
    void aStatusBecomesAnExitCodeAndOneLine(int status, int exitCode, String line) {
        stub.on("/admin/v1/usage", status, "{\"error\":{\"message\":\"by: planet (expected: a dimension)\"}}");

        assertThat(Ran.with(variables, "usage")).isEqualTo(new Ran(exitCode, "", line + "\n"));
    }

    @Test
    void aMissingTokenIsNamed() {
        stub.on("/admin/v1/usage", 401, "");

        Ran ran = Ran.with(Map.of(), "usage", "--server", stub.url() + "/");

        assertThat(ran.exitCode()).isEqualTo(77);
        assertThat(ran.err()).isEqualTo("atlas: not permitted: set ATLAS_ADMIN_TOKEN to the token of server.admin\n");
        assertThat(stub.asked()).containsExactly("/admin/v1/usage?by=tenant%2Cmodel");
    }

    @Test
    void aServerThatIsNotThereIsOneLineAndNothingOnStdout() throws IOException {
        int closed = Ports.free();

        Ran ran = Ran.with(Map.of(), "quota", "--server", "http://127.0.0.1:" + closed);

        assertThat(ran.exitCode()).isEqualTo(69);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines()).hasSize(1).first().asString().contains("cannot be reached", "--server");
    }

    @Test
    void anAnswerThatIsNotAtlasIsAFailure() {
        stub.on("/admin/v1/usage", 200, "<html>");

        assertThat(Ran.with(variables, "usage").exitCode()).isEqualTo(1);
    }

    @Test
    void aSecretInTheUrlOrAWrongTokenIsRefusedWithoutShowingIt() {
        List<Ran> runs = List.of(
                Ran.with(Map.of(), "usage", "--server", "http://me:hidden@127.0.0.1:1"),
                Ran.with(Map.of("ATLAS_ADMIN_URL", "hidden"), "usage"),
                Ran.with(Map.of("ATLAS_ADMIN_URL", stub.url(), "ATLAS_ADMIN_TOKEN", "hidden\n"), "usage"));

        assertThat(runs).allSatisfy(ran -> {
            assertThat(ran.exitCode()).isEqualTo(64);
            assertThat(ran.err()).doesNotContain("hidden");
        });
        assertThat(stub.asked()).isEmpty();
    }
}
