#!/usr/bin/env bash
# Builds the benchmarks and compares descent4j with its peers. The JDK of JAVA_HOME, or the default one,
# builds and runs everything. "benchmarks/compare.sh --help" lists the options; --no-build, as the first
# one, runs what was built before. docs/benchmarks.md explains the result.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$project"

if [ "${1:-}" = --no-build ]; then
  shift
else
  profiles=()
  if grep -qs avx512f /proc/cpuinfo; then
    profiles=(-Pnd4j-avx512)
  fi
  # Clean, because classes compiled by another JDK would stay.
  mvn -B -q ${profiles[@]+"${profiles[@]}"} -pl benchmarks -am clean package -DskipTests >&2
  mvn -B -q -f benchmarks/pytorch package >&2
  mvn -B -q -f benchmarks/djl package >&2
fi
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Djava.awt.headless=true -Dproject="$project" \
  -cp benchmarks/target/benchmarks.jar io.github.descent4j.benchmarks.compare.Compare "$@"
