package io.atlas.observation;

import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What became of watching a gateway. */
public sealed interface Observation extends AutoCloseable {
    /** Tells where to look, or why there is nothing to look at. */
    void print(PrintWriter out);

    /** Ends what watches, and returns when it is gone. */
    @Override
    void close();

    /** Nobody watches. */
    record None(String why) implements Observation {
        @Override
        public void print(PrintWriter out) {
            out.println("Nobody watches: " + why);
            out.flush();
        }

        @Override
        public void close() {
            // There is nothing to end.
        }
    }

    /** A Prometheus does, and answers at that address. */
    record By(PrometheusProcess process, URI address) implements Observation {
        @Override
        public void print(PrintWriter out) {
            out.printf(
                    "Prometheus watches:              %s  (process %d; it stops with dev)%n", address, process.pid());
            out.println(
                    "  Requests by outcome            " + graph("sum by (outcome) (rate(atlas_requests_total[1m]))"));
            out.println("  Used shares of budgets         " + graph("atlas_quota_used_ratio"));
            out.println("  Alerts that fire               " + graph("ALERTS"));
            out.flush();
        }

        @Override
        public void close() {
            process.close();
        }

        /** A page that every version of Prometheus leads to its graph of the query. */
        private URI graph(String query) {
            return address.resolve("/graph?g0.expr=" + URLEncoder.encode(query, StandardCharsets.UTF_8)
                    + "&g0.tab=0&g0.range_input=5m");
        }
    }
}
