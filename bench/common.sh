# Builds the bench where it is missing or older than its sources; sourced by bench/run and bench/jmh from the root.
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
