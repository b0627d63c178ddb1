package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlertsCommandTest {
    private final AdminStub stub = new AdminStub();
    private final Map<String, String> variables = Map.of("ATLAS_ADMIN_URL", stub.url());

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void eachDeliveryIsALineWithItsLastAttempt() {
        stub.on("/admin/v1/alerts", 200, """
                {"rows":[
                {"id":"evt_2","at":"2026-11-26T10:00:00Z","type":"budget.exhaustion_forecast","limit":"acme:cost/month","mark":"forecast",
                "webhook":"ops","state":"pending","next_attempt_at":"2026-11-26T10:01:06Z","attempts":[
                {"at":"2026-11-26T10:00:00Z","duration_us":9,"status":503,"error":null},
                {"at":"2026-11-26T10:00:05Z","duration_us":9,"status":null,"error":"timeout"}]},
                {"id":"evt_1","at":"2026-11-26T09:00:00Z","type":"webhook.test","limit":null,"mark":null,
                "webhook":"ops","state":"delivered","next_attempt_at":null,"attempts":[
                {"at":"2026-11-26T09:00:00Z","duration_us":9,"status":204,"error":null}]}],"next":"7"}""");

        Ran ran = Ran.with(variables, "alerts", "--state", "pending", "--limit", "2");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .containsExactly(
                        "AT TYPE LIMIT MARK WEBHOOK STATE ATTEMPTS LAST NEXT",
                        "2026-11-26T10:00:00Z budget.exhaustion_forecast acme:cost/month forecast ops pending 2 timeout 2026-11-26T10:01:06Z",
                        "2026-11-26T09:00:00Z webhook.test - - ops delivered 1 204 -",
                        "",
                        "there are more: --before 7");
        assertThat(stub.asked().getFirst()).contains("state=pending").contains("limit=2");
    }

    @Test
    void aTestThatIsNotTakenFails() {
        stub.on("/admin/v1/alerts/test", 200, """
                {"id":"evt_1","state":"pending","attempts":[{"status":401,"error":null}]}""");
        assertThat(Ran.with(variables, "alerts", "test", "ops"))
                .isEqualTo(new Ran(1, "not taken by ops: 401 (evt_1)\n", ""));
        assertThat(stub.changes()).containsExactly("POST /admin/v1/alerts/test {\"webhook\":\"ops\"}");

        stub.on("/admin/v1/alerts/test", 200, """
                {"id":"evt_1","state":"delivered","attempts":[{"status":204,"error":null}]}""");
        assertThat(Ran.with(variables, "alerts", "test", "ops"))
                .isEqualTo(new Ran(0, "taken by ops: 204 (evt_1)\n", ""));
    }
}
