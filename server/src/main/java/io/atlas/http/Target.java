package io.atlas.http;

import java.util.Optional;

/**
 * What a request is for. Only what names one resource in one way passes, so that no escape, no empty segment and no dot
 * makes of a path another one further on.
 */
final class Target {
    /** A model's name may hold slashes, which client libraries escape; nothing is routed by what follows here. */
    private static final String NAMES = "/v1/models/";

    private static final String SCHEME = "http://";
    private static final int MAX_PORT = 65_535;

    private Target() {}

    /** What is wrong with a target, where something is. */
    static Optional<String> problem(Span target, Span method, Optional<Span> host) {
        if (target.is("*")) {
            return method.is("OPTIONS") ? Optional.empty() : Optional.of("the target '*' is for OPTIONS");
        }
        if (!target.startsWith(SCHEME)) {
            return ofPath(target);
        }
        int path = target.indexOf('/', SCHEME.length());
        Span authority = target.part(SCHEME.length(), path);
        if (host.isEmpty() || !authority.sameIgnoringCase(host.get())) {
            return Optional.of("the target is at another host than Host says");
        }
        return ofPath(target.part(path, target.length()));
    }

    /** Whether a text is a host with or without a port. */
    static boolean authority(Span text) {
        int end = text.length() > 0 && text.at(0) == '[' ? addressEnd(text) : nameEnd(text);
        if (end <= 0 || end == text.length()) {
            return end > 0;
        }
        Span port = text.part(end + 1, text.length());
        return text.at(end) == ':' && port.isNumber(5) && port.number() <= MAX_PORT;
    }

    private static int nameEnd(Span text) {
        int end = 0;
        while (end < text.length() && Octets.host(text.at(end))) {
            end++;
        }
        return end;
    }

    /** An IPv6 address in its brackets; 0 where it is none. */
    private static int addressEnd(Span text) {
        int end = 1;
        while (end < text.length() && (Octets.hex(text.at(end)) >= 0 || text.at(end) == ':' || text.at(end) == '.')) {
            end++;
        }
        return end > 2 && end < text.length() && text.at(end) == ']' ? end + 1 : 0;
    }

    private static Optional<String> ofPath(Span target) {
        if (target.length() == 0 || target.at(0) != '/') {
            return Optional.of("the target is no path");
        }
        int end = target.indexOf('?', 0);
        return path(target.part(0, end)).or(() -> query(target.part(end, target.length())));
    }

    private static Optional<String> path(Span path) {
        boolean named = path.startsWith(NAMES);
        int segment = 1;
        for (int i = 1; i < path.length(); i++) {
            if (!Octets.path(path.at(i))) {
                return Optional.of("the path has a character that must be escaped");
            }
            int octet = path.at(i);
            int next = i + 1;
            if (octet == '%') {
                octet = escaped(path, i);
                next = i + 3;
                if (!printable(octet) || octet == '\\' || (octet == '/' && !named)) {
                    return Optional.of("the path has an escape that is none, or of a character that no path has");
                }
            }
            if (octet == '/') {
                if (ambiguous(path.part(segment, i)) || i == segment) {
                    return Optional.of("the path has an empty segment or one of dots");
                }
                segment = next;
            }
            i = next - 1;
        }
        return ambiguous(path.part(segment, path.length()))
                ? Optional.of("the path has a segment of dots")
                : Optional.empty();
    }

    /** Whether a segment is one or two dots, plain or escaped, with or without parameters. */
    private static boolean ambiguous(Span segment) {
        int dots = 0;
        int i = 0;
        while (i < segment.length() && dots < 3) {
            boolean escape = segment.at(i) == '%';
            int octet = escape ? escaped(segment, i) : segment.at(i);
            if (octet != '.') {
                return octet == ';' && dots > 0;
            }
            dots++;
            i += escape ? 3 : 1;
        }
        return dots == 1 || dots == 2;
    }

    private static Optional<String> query(Span query) {
        for (int i = 0; i < query.length(); i++) {
            boolean good = query.at(i) == '%' ? printable(escaped(query, i)) : Octets.query(query.at(i));
            if (!good) {
                return Optional.of("the query has a character or an escape that no query has");
            }
        }
        return Optional.empty();
    }

    /** The octet that an escape stands for; negative where it stands for none. */
    private static int escaped(Span text, int percent) {
        if (percent + 2 >= text.length()) {
            return -1;
        }
        int high = Octets.hex(text.at(percent + 1));
        int low = Octets.hex(text.at(percent + 2));
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    private static boolean printable(int octet) {
        return octet >= ' ' && octet != 0x7f;
    }
}
