package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.alert.Alerts;
import io.atlas.alert.BudgetAlert;
import io.atlas.alert.Mark;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertSectionTest {
    /** 24 bytes, the fewest. */
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    private static final String TENANT = "tenants: { acme: { tier: pro, keys: { a: { secret: '${KEY}' } } } }\n";
    private static final String HOOK = "ops: { url: 'https://a.example/h?t=1', secret: '${HOOK:-" + SECRET + "}' }";
    private static final String IN_CLEAR = "secret: written in clear (expected: \"${NAME}\" or \"${file:/path}\")";

    @Test
    void whatIsWrittenIsWhatIsRead() {
        Alerts alerts = alerts(
                "{ webhooks: { " + HOOK
                        + " }, budgets: [ { at: [ 50%, forecast ], to: [ ops ] }, { at: [ 100% ], to: [ ops ], tenants: [ acme ] } ] }");

        assertThat(alerts.webhooks().keySet()).containsExactly("ops");
        assertThat(alerts.webhook("ops").orElseThrow().url()).hasToString("https://a.example/h?t=1");
        assertThat(alerts.webhooks()).as("no address, no secret").hasToString("{ops=ops}");
        assertThat(alerts.budgets())
                .containsExactly(
                        new BudgetAlert(
                                List.of(new Mark.Share(50), new Mark.Forecast()), List.of("ops"), Optional.empty()),
                        new BudgetAlert(List.of(new Mark.Share(100)), List.of("ops"), Optional.of(Set.of("acme"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "50%    | 0%        | 0%        | error: at: 0% (expected: 1% to 100%, or forecast)",
                "50%    | 101%      | 101%      | error: at: 101% (expected: 1% to 100%, or forecast)",
                "50%    | 50.5%     | 50.5%     | error: at: 50.5% (expected: 1% to 100%, or forecast)",
                "50%    | forcast   | forcast   | error: at: forcast (expected: 1% to 100%, or forecast)",
                "50%    | 80%, 80%  | 80% ]     | error: at: 80% (expected: once)",
                "at: [ 50% ], | at: [], | at:   | error: at: empty (expected: at least one)",
                "at: [ 50% ], | x-a: 1, | x-a:   | error: at: missing (expected: at least one)",
                "to: [ ops ]  | to: [ oops ] | oops | error: to: oops (expected: ops)",
                "[ acme ]     | [ amce ] | amce | error: tenants: amce (expected: acme)",
                "[ acme ]     | []       | tenants | error: tenants: nobody (expected: at least one)",
                "https:       | ftp:     | 'ftp: | error: url: *** (expected: https://HOST[:PORT][/PATH][?QUERY], without user or fragment)",
                "a.example    | u:p@a.example | 'https: | error: url: *** (expected: https://HOST[:PORT][/PATH][?QUERY], without user or fragment)",
                "https:       | http:    | url: | warning: url: http, so that others can read what is told (expected: https)",
                "MDEyMzQ1     | MDEy     | '${HOOK | error: secret: *** (expected: whsec_ and the base64 of 24 to 64 bytes)",
                "whsec_       | whsek_   | '${HOOK | error: secret: *** (expected: whsec_ and the base64 of 24 to 64 bytes)",
                "at: [        | when: 1, at: [ | when | error: when: unknown key (expected: one of at, tenants, to)",
            })
    void aMistakeIsReportedWithPlaceAndExpectation(String good, String bad, String place, String message) {
        String right =
                "alerts: { webhooks: { " + HOOK + " }, budgets: [ { at: [ 50% ], to: [ ops ], tenants: [ acme ] } ] }";
        assertThat(right).contains(good);
        String wrong = right.replace(good, bad);
        // What is missing is missed where its mapping begins.
        int column = message.contains("missing") ? wrong.indexOf("{ x-a:") : wrong.lastIndexOf(place);

        assertThat(findings(wrong)).containsExactly("atlas.yaml:10:" + (column + 1) + ": " + message);
    }

    @Test
    void aSecretInClearAndAWebhookThatNobodyUsesAreWarnings() {
        String line = "alerts: { webhooks: { ops: { url: 'http://127.0.0.1:1', secret: " + SECRET + " } } }";
        assertThat(Yaml.findings(Yaml.WORLD + TENANT + line + "\n"))
                .containsExactly(
                        "atlas.yaml:10:" + (line.indexOf("ops") + 1)
                                + ": warning: ops: unused (expected: in `to` of a budget)",
                        "atlas.yaml:10:" + (line.indexOf("whsec") + 1) + ": warning: " + IN_CLEAR);
    }

    @Test
    void thereAreBoundsToHowMuchMayBeWritten() {
        String hooks = IntStream.range(0, 17)
                .mapToObj(i -> "w" + i + HOOK.substring("ops".length()))
                .collect(Collectors.joining(", "));
        String all = IntStream.range(0, 16).mapToObj(i -> "w" + i).collect(Collectors.joining(", "));
        String marks = IntStream.rangeClosed(1, 17).mapToObj(i -> i + "%").collect(Collectors.joining(", "));
        List<String> findings = findings(
                "alerts: { webhooks: { " + hooks + " }, budgets: [ { at: [ " + marks + " ], to: [ " + all + " ] } ] }");

        assertThat(findings)
                .anyMatch(finding -> finding.endsWith("error: webhooks: 17 (expected: at most 16)"))
                .anyMatch(finding -> finding.endsWith("error: at: 17 of them (expected: at most 16)"));
    }

    /** Those but that the secret stands in the file, as it must here. */
    private static List<String> findings(String line) {
        return Yaml.findings(Yaml.WORLD + TENANT + line + "\n").stream()
                .filter(finding -> !finding.endsWith(IN_CLEAR))
                .toList();
    }

    private static Alerts alerts(String section) {
        Reading reading = Yaml.read(Yaml.WORLD + TENANT + "alerts: " + section + "\n");
        return ((Reading.Valid) reading).configuration().alerts();
    }
}
