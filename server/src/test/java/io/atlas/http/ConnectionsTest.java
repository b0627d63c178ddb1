package io.atlas.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {
    private static final int SHARE = 200;

    private final Connections connections = new Connections(1_000);

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "2001:db8::7"})
    void anAddressOfTheInternetHas200AndGetsOneBackForOneThatIsClosed(String text) throws UnknownHostException {
        InetAddress address = InetAddress.getByName(text);
        for (int i = 0; i < SHARE; i++) {
            assertThat(connections.opened(address)).isTrue();
        }
        assertThat(connections.opened(address)).isFalse();
        assertThat(connections.opened(InetAddress.getByName("203.0.113.8"))).isTrue();
        connections.closed(address);
        assertThat(connections.opened(address)).isFalse();
        connections.closed(address);
        connections.closed(address);
        assertThat(connections.opened(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.0.1", "fe80::1", "fd00::1"
            })
    void anAddressWhereABalancerMayStandHasAll(String text) throws UnknownHostException {
        InetAddress address = InetAddress.getByName(text);
        for (int i = 0; i < 1_000; i++) {
            assertThat(connections.opened(address)).isTrue();
        }
        assertThat(connections.opened(address)).isFalse();
        connections.closed(address);
        connections.closed(address);
        assertThat(connections.opened(address)).isTrue();
    }
}
