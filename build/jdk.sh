# Finds a JDK 25 or newer; sourced by ./atlas and ./test. Bash 3.2 (macOS) is enough.

# Prints the link-free path of a file; macOS before 12.3 has no `readlink -f`.
resolved() {
    local path=$1 target
    while [ -L "$path" ]; do
        target=$(readlink "$path")
        case $target in
            /*) path=$target ;;
            *) path=$(dirname "$path")/$target ;;
        esac
    done
    printf '%s/%s\n' "$(cd "$(dirname "$path")" && pwd -P)" "$(basename "$path")"
}

# Whether the folder holds a whole JDK that is new enough. Its release file is read because starting java takes 50 ms.
is_jdk() {
    local version
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ -n "$version" ] && [ "$version" -ge 25 ]
}

# Sets JAVA_HOME to the first that is found, or says what to install and exits 69.
find_jdk() {
    local java home
    if java=$(command -v java); then
        java=$(dirname "$(dirname "$(resolved "$java")")")
    fi
    for home in "${JAVA_HOME:-}" "$java" /usr/lib/jvm/* /opt/* "${HOME:-}"/.sdkman/candidates/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$home" ] && is_jdk "$home"; then
            export JAVA_HOME=$home
            return
        fi
    done
    echo "${0##*/}: no JDK 25 or newer found: install one (https://adoptium.net) or set JAVA_HOME" >&2
    exit 69
}

# Says what to install and exits 69 unless Maven is there.
need_maven() {
    command -v mvn >/dev/null || {
        echo "${0##*/}: no Maven found: install Maven 3.8.7 or newer (https://maven.apache.org) so that mvn is on the PATH" >&2
        exit 69
    }
}
