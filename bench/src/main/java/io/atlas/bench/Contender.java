package io.atlas.bench;

import io.atlas.bench.load.Collector;
import io.atlas.bench.load.Target;
import java.util.Locale;
import java.util.Optional;

/** Who can be put between the load and the upstream. */
enum Contender {
    DIRECT {
        @Override
        Proxy start(Stage stage) {
            return new Proxy(word(), new Target(stage.upstreamPort(), "none"), Optional.empty(), Optional.empty());
        }
    },
    NGINX {
        @Override
        Proxy start(Stage stage) throws InterruptedException {
            return Nginx.start(word(), stage);
        }
    },
    ATLAS {
        @Override
        Proxy start(Stage stage) throws InterruptedException {
            return Proxy.of(word(), Atlas.start(word(), stage, stage.itself(), Setups::wide));
        }
    },
    /** This build with all on: a trace and a line of the access log for every request, and somebody who reads its metrics. */
    OBSERVED {
        @Override
        Proxy start(Stage stage) throws InterruptedException {
            int collector = Collector.start();
            Atlas atlas = Atlas.start(word(), stage, stage.itself(), ports -> Setups.observed(ports, collector));
            return Proxy.of(word(), atlas.readEverySecond());
        }
    },
    RIVAL {
        @Override
        Proxy start(Stage stage) throws InterruptedException {
            return Proxy.of(word(), Atlas.start(word(), stage, stage.rival(), Setups::wide));
        }
    };

    /** Starts it, and returns once it answers. */
    abstract Proxy start(Stage stage) throws InterruptedException;

    /** The name as the command line and the table write it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
