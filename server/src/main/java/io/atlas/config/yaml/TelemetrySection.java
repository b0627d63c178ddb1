package io.atlas.config.yaml;

import io.atlas.config.TelemetrySettings;
import io.atlas.config.TelemetrySettings.AccessLines;
import io.atlas.config.TelemetrySettings.TraceSettings;
import io.atlas.secret.Secret;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Grammar.Shape;
import io.atlas.yaml.Scalars;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The section {@code telemetry}. */
final class TelemetrySection {
    private static final int ONE_PERCENT = 10;

    private static final Grammar<AccessLines> ACCESS_LOG =
            Scalars.word(Map.of("none", AccessLines.NONE, "json", AccessLines.JSON));

    private static final String HEADER = "[A-Za-z0-9_-]{1,64}=[!-+\\--~](?:[ -+\\--~]{0,1022}[!-+\\--~])?";
    private static final Pattern HEADERS = Pattern.compile(HEADER + "(?:," + HEADER + "){0,15}");
    private static final Pattern ONE_HEADER = Pattern.compile("([^=,]+)=([^,]+)");

    /** As {@code OTEL_EXPORTER_OTLP_HEADERS} has them, but for its percent-encoding: a value is sent as it stands. */
    private static final Grammar<Map<String, Secret>> COLLECTOR_HEADERS = Grammar.of(
                    "NAME=VALUE, more of them after commas", TelemetrySection::headers)
            .shaped(new Shape.Form(HEADERS));

    private TelemetrySection() {}

    /** The settings; nothing where the file says nothing. */
    static TelemetrySettings read(Fields telemetry) {
        Fields section = telemetry.fields("traces");
        Optional<TraceSettings> traces = telemetry.has("traces") ? traces(section) : Optional.empty();
        AccessLines accessLines = telemetry.optional("accessLog", ACCESS_LOG).orElse(AccessLines.NONE);
        telemetry.finish();
        return new TelemetrySettings(traces, accessLines);
    }

    private static Optional<TraceSettings> traces(Fields fields) {
        Optional<URI> endpoint = fields.required("endpoint", Scalars.URL);
        int perMille = fields.optional("sample", Scalars.PER_MILLE).orElse(ONE_PERCENT);
        Map<String, Secret> headers =
                fields.secret("headers", COLLECTOR_HEADERS).orElse(Map.of());
        fields.finish();
        return endpoint.map(url -> new TraceSettings(url, perMille, headers));
    }

    private static Optional<Map<String, Secret>> headers(String text) {
        if (!HEADERS.matcher(text).matches()) {
            return Optional.empty();
        }
        Map<String, Secret> headers = new LinkedHashMap<>();
        Matcher one = ONE_HEADER.matcher(text);
        while (one.find()) {
            headers.put(one.group(1).toLowerCase(Locale.ROOT), new Secret(one.group(2)));
        }
        return Optional.of(headers);
    }
}
