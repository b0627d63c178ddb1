# What bench/run and bench/jmh share: sourced by them, from the root of the repository.

fail() {
  echo "bench: $1" >&2
  exit "${2:-69}"
}

# The home of a JDK 25 or newer: JAVA_HOME, the java on PATH, then the usual folders.
find_jdk() {
  local home version
  for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v java || echo /)")")")" /usr/lib/jvm/*; do
    [ -x "$home/bin/javac" ] || continue
    version=$("$home/bin/javac" -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')
    if [ "${version:-0}" -ge 25 ]; then
      echo "$home"
      return
    fi
  done
  fail "JDK 25 or newer is missing: apt-get install temurin-25-jdk, or set JAVA_HOME"
}

# Builds what is missing or older than its sources.
build() {
  local built=bench/target/built
  if [ -f "$built" ] && [ -z "$(find pom.xml kernel dialect server bench \
      \( -name target -o -name out -o -name results \) -prune -o -newer "$built" \( -name '*.java' -o -name pom.xml \) -print -quit)" ]; then
    return
  fi
  command -v mvn >/dev/null || fail "Maven is missing: apt-get install maven"
  echo "bench: building" >&2
  mvn -B -q -Pquick -pl bench -am package >&2 || fail "the build failed" 1
  touch "$built"
}
