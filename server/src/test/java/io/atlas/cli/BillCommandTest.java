package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code atlas bill}. */
class BillCommandTest {
    private static final String BILL = """
            {"tenant":"acme","period":"2026-11","zone":"Europe/Rome","from":"2026-10-31T23:00:00Z","to":"2026-11-30T23:00:00Z",
             "over":false,"scope":"all","missing_records":7,
             "lines":[{"from":"2026-10-31T23:00:00Z","to":"2026-11-30T23:00:00Z","day":null,"team":"search","model":"small",
                       "price":"small@2026-11-20","requests":1234,"charged_requests":1200,"refused":2,"input_tokens":900,
                       "cached_input_tokens":0,"output_tokens":400,"reasoning_tokens":0,"cost_nano_usd":375000,
                       "saved_by_downgrade_nano_usd":1000,"saved_by_trim_nano_usd":0,"replayed":3,"saved_by_replay_nano_usd":5,
                       "refused_cost_nano_usd":810000,"decisions":"/admin/v1/decisions?tenant=acme"}],
             "total":{"requests":1234,"charged_requests":1200,"refused":2,"input_tokens":900,"cached_input_tokens":0,
                      "output_tokens":400,"reasoning_tokens":0,"cost_nano_usd":375000,"saved_by_downgrade_nano_usd":1000,
                      "saved_by_trim_nano_usd":0,"replayed":3,"saved_by_replay_nano_usd":5,"refused_cost_nano_usd":810000}}
            """;
    private static final String QUERY = "/admin/v1/bill?tenant=acme&period=2026-11";

    private final AdminStub stub = new AdminStub().on("/admin/v1/bill", 200, BILL);
    private final Map<String, String> variables = Map.of("ATLAS_ADMIN_URL", stub.url());

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void aStatementIsATableWithItsTotalAndWhatWasNotPaid() {
        Ran ran = Ran.with(variables, "bill", "--tenant", "acme", "--period", "2026-11");

        assertThat(ran.out()).isEqualTo("""
                statement of acme for 2026-11 in Europe/Rome, which is not over yet

                DAY    TEAM    MODEL  PRICE             REQUESTS  REFUSED  INPUT  OUTPUT  COST USD
                -      search  small  small@2026-11-20     1,234        2    900     400  0.000375
                total  -       -      -                    1,234        2    900     400  0.000375

                saved by cheaper models: 0.000001 USD
                saved by shorter prompts: 0 USD
                saved by 3 answers given again: 0.000000005 USD
                refused by limits: 0.00081 USD
                """);
        assertThat(ran.err()).contains("7 lines of other nodes");
        assertThat(stub.asked()).containsExactly(QUERY);
    }

    @Test
    void csvHasEveryFieldOfTheLinesAndWhereTheirRequestsAre() {
        assertThat(Ran.with(variables, "bill", "--tenant=acme", "--period=2026-11", "--by-day", "-o", "csv")
                        .out())
                .startsWith("from,to,day,team,model,price,requests,")
                .contains(",375000,1000,0,3,5,810000,/admin/v1/decisions?tenant=acme\r\n");
        assertThat(stub.asked()).containsExactly(QUERY + "&by=day");
    }

    @Test
    void focusIsPassedOnAsItIs() {
        stub.on("/admin/v1/bill", 200, "BilledCost,Tags\r\n0.1,{}\r\n");
        assertThat(Ran.with(
                                variables,
                                "bill",
                                "--tenant=acme",
                                "--period=2026-11",
                                "--focus",
                                "--issuer=ACME IT",
                                "--this-node")
                        .out())
                .isEqualTo("BilledCost,Tags\r\n0.1,{}\r\n");
        assertThat(stub.asked()).containsExactly(QUERY + "&scope=node&format=focus&issuer=ACME%20IT");
    }

    @Test
    void withoutATenantItSaysWhatIsMissing() {
        Ran ran = Ran.with(variables, "bill", "--period", "2026-11");
        assertThat(ran.exitCode()).isEqualTo(64);
        assertThat(ran.err()).contains("--tenant");
    }
}
