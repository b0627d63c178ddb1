# Debian's packages that a script needs beside a JDK and Maven; to be sourced.

# have COMMAND PACKAGE WHY: installs the package where the command is missing and this user may, and says so.
have() {
    command -v "$1" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "test: installs Debian's $2, for $3"
        apt-get install -y -q --no-install-recommends "$2" >/dev/null 2>&1 ||
            { apt-get update -q && apt-get install -y -q --no-install-recommends "$2"; } >/dev/null 2>&1
        command -v "$1" >/dev/null 2>&1 && return 0
    fi
    echo "test: no $1 (package $2): what needs it is skipped: $3"
}
