# Builds the bench where it is missing or older than its sources; sourced by the other scripts here from the root.
. build/jdk.sh
find_jdk

built=bench/target/built
if [ ! -f "$built" ] || [ -n "$(find pom.xml {kernel,dialect,server,bench}/{pom.xml,src/main} -newer "$built" -print -quit)" ]; then
    need_maven
    echo "bench: building" >&2
    mkdir -p bench/target
    : >"$built.started"
    mvn -B -q -Pquick -pl bench -am package >&2
    mv "$built.started" "$built"
fi

# Runs a subcommand of the bench with its arguments, and removes what it leaves behind.
run_bench() {
    # Builds the server if it has to be, so that its start is a start.
    ./atlas --version >/dev/null
    # And so that nobody trains while something is measured.
    build/train || true

    # On the disk of the sources and not in /tmp, which may be memory: the ledger's waiting for the disk is part of the work.
    mkdir -p bench/out
    work=$(mktemp -d "$PWD/bench/out/$1.XXXXXX")
    group=
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM

    # In a process group of its own, which holds all that it starts, so that nothing outlives this script.
    set -m
    "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx1g --enable-native-access=ALL-UNNAMED \
        -cp "$PWD/bench/target/classes:$PWD/bench/target/lib/*" io.atlas.bench.Main "$1" \
        --root "$PWD" --work "$work" "${@:2}" </dev/null &
    group=$!
    set +m
    wait "$group"
}

finish() {
    if [ -n "$group" ]; then
        kill -TERM -- "-$group" 2>/dev/null || true
        for _ in $(seq 50); do
            kill -0 -- "-$group" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$group" 2>/dev/null || true
    fi
    rm -rf "$work"
}
