package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodesCommandTest {
    private final AdminStub stub = new AdminStub();
    private final Map<String, String> variables = Map.of("ATLAS_ADMIN_URL", stub.url());

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void theOddOneIsMarkedAndSaid() {
        stub.on("/admin/v1/nodes", 200, """
                {"source":"postgresql","agreed":false,"configuration":"sha256:0123456789abcdef","nodes":[
                {"node":"one","this":true,"host":"gw-1:8080","version":"1","state":"live","silent_ms":3,
                "configuration":"sha256:0123456789abcdef","configuration_since":"2026-11-25T10:00:00Z","differs":false,
                "started":"2026-11-25T10:00:00Z","lag_records":0},
                {"node":"two","this":false,"host":"gw-2:8080","version":"1","state":"live","silent_ms":3,
                "configuration":"sha256:fedcba9876543210","configuration_since":"2026-11-24T10:00:00Z","differs":true,
                "started":"2026-11-24T10:00:00Z","lag_records":1200}]}""");

        Ran ran = Ran.with(variables, "nodes");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .containsExactly(
                        "NODE HOST STATE CONFIGURATION SINCE LAG VERSION",
                        "one * gw-1:8080 live sha256:0123456789ab 2026-11-25T10:00:00Z 0 1",
                        "two gw-2:8080 live sha256:fedcba987654 different 2026-11-24T10:00:00Z 1,200 1");
        assertThat(ran.err()).contains("do not have one configuration");
    }

    @Test
    void topShowsTheAskedNodeAlsoWhereTheOthersCannotBeCounted() {
        stub.on("/admin/v1/live", 200, """
                {"at":"2026-11-26T10:00:00Z","since_start":{},"backends":[],"low":[],"low_left_out":0}""");
        stub.on("/admin/v1/nodes", 503, "{}");

        Ran ran = Ran.with(variables, "top", "--once");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out().lines())
                .anyMatch(line -> line.matches("node +the one that is asked; the others cannot be counted now"));
    }

    @Test
    void theDoctorSaysWhatToDoAndEndsWithTwo() {
        stub.on("/admin/v1/doctor", 200, """
                {"well":false,"checks":[{"check":"redis","severity":"ok","says":"version 7.2","advice":""},
                {"check":"disk space","severity":"warn","says":"4000 MiB free","advice":"make room"}]}""");

        assertThat(Ran.with(variables, "doctor"))
                .isEqualTo(
                        new Ran(2, "ok    redis: version 7.2\nwarn  disk space: 4000 MiB free\n      make room\n", ""));
        stub.on("/admin/v1/doctor", 200, "{\"well\":true,\"checks\":[]}");
        assertThat(Ran.with(variables, "doctor").exitCode()).isZero();
    }
}
