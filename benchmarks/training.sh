#!/usr/bin/env bash
# Times MNIST epochs of descent4j, PyTorch and DL4J, each in JVMs of its own that take turns, and prints a table:
# median seconds of the epochs after each JVM's first. docs/benchmarks.md explains it.
set -euo pipefail

usage() {
  cat << 'END'
Usage: benchmarks/training.sh [OPTION]... mlp|cnn|convnet...
Times MNIST epochs of descent4j, PyTorch and DL4J, and prints a table of seconds an epoch.

  --size small|full  full: 5 epochs of the mlp, 3 of the others, two rounds; small: 2 epochs, one round; full by default
  --rounds N         turns of all implementations, instead of those of the size; also ROUNDS=N in the environment
  --only TEXT        only implementations with TEXT in their names, as DL4J; also ONLY=TEXT in the environment
  --out DIR          writes the table to DIR/training.md too
  --no-build         runs what was built before
  -h, --help         prints this

JAVA_HOME, or the default Java, runs everything; with JAVA_25_HOME our own training runs on that JDK, too, with the Vector API.
END
}

fail() {
  echo "training.sh: $1; --help lists the options" >&2
  exit 2
}

command="benchmarks/training.sh${*:+ $*}"
build=true
size=full
rounds=${ROUNDS:-}
only=${ONLY:-}
out=
networks=()
while [ $# -gt 0 ]; do
  option=$1
  shift
  case $option in
    -h | --help) usage && exit 0 ;;
    --no-build) build=false && continue ;;
    --*=*) value=${option#*=} && option=${option%%=*} ;;
    --size | --rounds | --only | --out)
      [ $# -gt 0 ] || fail "$option has no value"
      value=$1
      shift
      ;;
    -*) fail "$option is not an option" ;;
    mlp | cnn | convnet) networks+=("$option") && continue ;;
    *) fail "network is '$option', expected mlp, cnn or convnet" ;;
  esac
  case $option in
    --size) size=$value ;;
    --rounds) rounds=$value ;;
    --only) only=$value ;;
    --out) [ -n "$value" ] && [ ! -f "$value" ] || fail "$option is '$value', expected a folder" && out=$value ;;
    *) fail "$option is not an option" ;;
  esac
done
[[ $size =~ ^(small|full)$ ]] || fail "--size is '$size', expected small or full"
rounds=${rounds:-$([ "$size" = small ] && echo 1 || echo 2)}
[[ $rounds =~ ^[1-9][0-9]{0,3}$ ]] || fail "--rounds is '$rounds', expected a whole number of at least 1"
[ ${#networks[@]} -gt 0 ] || fail "no network is named, expected mlp, cnn or convnet"
[ -z "$out" ] || { mkdir -p "$out" && out=$(cd "$out" && pwd); }

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if $build; then
  mvn -B -q -pl mnist-example -am package -DskipTests >&2
  mvn -B -q -f benchmarks/pytorch package >&2
  mvn -B -q -f benchmarks/dl4j package >&2
fi

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
log=$(mktemp)
seconds=$(mktemp)
trap 'rm -f "$log" "$seconds"' EXIT

# Runs a command that prints an epoch a line, and notes network, implementation, seconds and accuracy of all but the first.
run() {
  local network=$1 implementation=$2
  shift 2
  if [[ $implementation != *"$only"* ]]; then
    return
  fi
  echo "$network, $implementation" >&2
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
  sed -nE 's/^epoch ([0-9]+)\/.* test (accuracy )?([0-9.]+) +([0-9.]+) s.*/\1 \4 \3/p' "$log" \
    | while read -r epoch time accuracy; do
      if [ "$epoch" -gt 1 ]; then
        printf '%s\t%s\t%s\t%s\n' "$network" "$implementation" "$time" "$accuracy" >>"$seconds"
      fi
    done
}

ours=(-jar mnist-example/target/mnist-example.jar train
  --optimizer adam --learning-rate 0.001 --schedule constant)
pytorch=(-cp benchmarks/pytorch/target/pytorch.jar io.github.descent4j.benchmarks.PyTorchEpochs)
# ND4J's library for AVX-512 and OpenBLAS's kernels for it where the processor has them: DL4J's best setting.
dl4j=(-jar benchmarks/dl4j/target/dl4j.jar)
if grep -qs avx512f /proc/cpuinfo; then
  dl4j=(-Dorg.bytedeco.javacpp.platform.extension=-avx512 "${dl4j[@]}")
  dl4j_core=(OPENBLAS_CORETYPE=SKYLAKEX)
else
  dl4j_core=()
fi

load=$(cut -d ' ' -f 1 /proc/loadavg)
for ((round = 1; round <= rounds; round++)); do
  for network in "${networks[@]}"; do
    case $network in
      mlp) epochs=5 dl4j_setting=OMP_NUM_THREADS=1 dl4j_batches=469 ;;
      # A DL4J epoch takes two minutes: 40 batches stand for the 469 of an epoch.
      cnn) epochs=3 dl4j_setting=OMP_WAIT_POLICY=passive dl4j_batches=40 ;;
      convnet) epochs=3 ;;
    esac
    if [ "$size" = small ]; then
      epochs=2
    fi
    run "$network" "descent4j" "$java" "${ours[@]}" --model "$network" --epochs $epochs
    if [ -n "${JAVA_25_HOME:-}" ]; then
      run "$network" "descent4j, JDK 25, Vector API" \
        "$JAVA_25_HOME/bin/java" --add-modules jdk.incubator.vector \
        "${ours[@]}" --model "$network" --epochs $epochs
    fi
    run "$network" "PyTorch, 1 thread" \
      "$java" -Xmx4g -Dthreads=1 "${pytorch[@]}" "$network" $epochs
    run "$network" "PyTorch, all threads, passive waiting" \
      env OMP_WAIT_POLICY=passive "$java" -Xmx4g "${pytorch[@]}" "$network" $epochs
    if [ "$network" = convnet ]; then
      continue # DL4J's cnn is ten times slower than both others already.
    fi
    run "$network" "DL4J, $dl4j_setting" \
      env "$dl4j_setting" ${dl4j_core[@]+"${dl4j_core[@]}"} \
      "$java" -Xmx4g "${dl4j[@]}" "$network" $epochs $dl4j_batches
    run "$network" "DL4J with our Adam, $dl4j_setting" \
      env "$dl4j_setting" ${dl4j_core[@]+"${dl4j_core[@]}"} \
      "$java" -Xmx4g -Dupdater=descent4j "${dl4j[@]}" "$network" $epochs $dl4j_batches
  done
done

table() {
  echo "- Machine: $(lscpu | sed -n 's/^Model name: *//p'), $(nproc) cores, $(uname -sr), load average before $load"
  echo "- JDK: $("$java" -version 2>&1 | grep 'Runtime Environment')"
  echo "- OPENBLAS_CORETYPE: ${OPENBLAS_CORETYPE:-not set}"
  echo "- Commit: $(git describe --always --dirty --abbrev=12), $(date -u +%F)"
  echo "- Command: \`${ONLY:+ONLY=$ONLY }$command\`, $rounds rounds"
  echo
  echo "| network | implementation | seconds an epoch, median | least | most | test accuracy, least |"
  echo "|---|---|---|---|---|---|"
  sort -t $'\t' -k1,1r -k2,2 -k3,3n "$seconds" | awk -F '\t' '
    function row() {
      if (n) {
        middle = n % 2 ? time[(n + 1) / 2] : (time[n / 2] + time[n / 2 + 1]) / 2
        printf "| %s | %s | %.2f | %.2f | %.2f | %.4f |\n", network, name, middle, time[1], time[n], accuracy
      }
      n = 0
      accuracy = 1
    }
    $1 != network || $2 != name { row(); network = $1; name = $2 }
    { time[++n] = $3; if ($4 < accuracy) accuracy = $4 }
    END { row() }'
}

table
if [ -n "$out" ]; then
  { echo "# Training epochs" && echo && table; } > "$out/training.md"
fi
