# The class-data cache of the server: classes that were loaded, linked and profiled once, so that a start need not do it
# again. Sourced by ./atlas and build/train after build/jdk.sh, with $root set. build/train makes it.
cache=$root/server/target/cache/atlas.aot

# What a cache is made for besides the jar; the JDK would refuse it to any other.
cache_key() {
    printf '%s\n' "$root" "$JAVA_HOME"
    cat "$JAVA_HOME/release"
}

# Whether a mark was made for this JDK and after the jar and the flags, which stand in ./atlas.
is_mark_of_now() {
    local source
    [ -f "$1" ] || return 1
    for source in "$root"/atlas "$root"/build/train "$root"/server/target/atlas.jar "$root"/server/target/built; do
        [ "$1" -nt "$source" ] || return 1
    done
    [ "$(cat "$1")" = "$(cache_key)" ]
}

is_cached() {
    [ -f "$cache" ] && is_mark_of_now "$cache.key"
}

# A cache that could not be made once is not tried again until something changes.
is_hopeless() {
    is_mark_of_now "$cache.failed"
}
