#!/usr/bin/env bash
# Builds the benchmarks and compares descent4j with its peers. The JDK of JAVA_HOME, or the default one,
# builds and runs everything. docs/benchmarks.md explains the result.
set -euo pipefail

usage() {
  cat << 'END'
Usage: benchmarks/compare.sh [OPTION]...
Compares descent4j with its peers, all in JVMs of the Java that runs this, and writes NAME.md, NAME.png and NAME.json.

  --name NAME            of the files; compare by default
  --out DIR              the folder they are written to; benchmarks/target/results by default
  --full                 every implementation, number of threads and size (about 25 minutes); otherwise descent4j, ND4J's
                         updaters and PyTorch's fused kernels (about 5)
  --vector               descent4j with its vector kernels: --add-modules jdk.incubator.vector
  --size N[,N]...        only parameters of these sizes, each a number of elements or as COUNTxELEMENTS, 200x1000
  --optimizers A[,B]...  only these; all by default
  --rounds N             rounds of all JVMs, a table cell is their median; 2 by default, 3 with --full
  --warmup N             milliseconds to warm up each JVM; 1000 by default
  --milliseconds N       time to measure a benchmark in each round, after as much to warm up; 300 by default
  --against JAR          the benchmarks.jar of another version: only the steps of both are run, in turn, at every size, and the
                         first steps of a process (a round of all takes about 3 minutes)
  --no-build             runs what was built before
  -h, --help             prints this
END
}

fail() {
  echo "compare.sh: $1; --help lists the options" >&2
  exit 2
}

build=true
options=()
while [ $# -gt 0 ]; do
  option=$1
  shift
  case $option in
    -h | --help) usage && exit 0 ;;
    --no-build) build=false && continue ;;
    --full | --vector) options+=("$option") && continue ;;
    --*=*) value=${option#*=} && option=${option%%=*} ;;
    --name | --out | --size | --optimizers | --rounds | --warmup | --milliseconds | --against)
      [ $# -gt 0 ] || fail "$option has no value"
      value=$1
      shift
      ;;
    *) fail "$option is not an option" ;;
  esac
  case $option in
    --rounds | --warmup | --milliseconds)
      [[ $value =~ ^[1-9][0-9]{0,8}$ ]] || fail "$option is '$value', expected a whole number of at least 1"
      ;;
    --size)
      [[ $value =~ ^[1-9][0-9]*(x[1-9][0-9]*)?(,[1-9][0-9]*(x[1-9][0-9]*)?)*$ ]] \
        || fail "$option is '$value', expected numbers of elements, as 1000000,200x1000"
      ;;
    --name) [[ $value =~ ^[A-Za-z0-9._-]+$ ]] || fail "$option is '$value', expected letters, digits, '.', '_' and '-'" ;;
    --out) [ -n "$value" ] && [ ! -f "$value" ] || fail "$option is '$value', expected a folder" ;;
    --against) [ -f "$value" ] || fail "$option is '$value', expected the benchmarks.jar of another version" ;;
    --optimizers) [ -n "$value" ] || fail "$option is empty, expected names as Adam,Sgd" ;;
    *) fail "$option is not an option" ;;
  esac
  options+=("$option" "$value")
done

caller=$PWD
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$project"
if $build; then
  profiles=()
  if grep -qs avx512f /proc/cpuinfo; then
    profiles=(-Pnd4j-avx512)
  fi
  # Clean, because classes compiled by another JDK would stay.
  mvn -B -q ${profiles[@]+"${profiles[@]}"} -pl benchmarks -am clean package -DskipTests >&2
  mvn -B -q -f benchmarks/pytorch package >&2
  mvn -B -q -f benchmarks/djl package >&2
fi
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Djava.awt.headless=true -Dproject="$project" -Dcaller="$caller" \
  -cp benchmarks/target/benchmarks.jar io.github.descent4j.benchmarks.compare.Compare ${options[@]+"${options[@]}"}
