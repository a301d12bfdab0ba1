#!/usr/bin/env bash
# Starts a Spark master and two workers of one core on loopback, from the jars of the local Maven repository, trains MNIST on them, and stops them.
# Usage: mnist-example/spark/cluster.sh [OPTION of mnist-spark]...
#   WORKERS=N    another number of workers, from 1 to 99
#   MASTER=URL   train there, such as on 'local[2]' or 'local-cluster[2,1,1024]', and start neither master nor workers
# Needs: mvn -DskipTests package; a JDK of at least 17 (JAVA_HOME, else java on the path).
set -euo pipefail
module=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$module/target
jar=
for file in "$target"/mnist-spark-*.jar; do
  case $file in
    *-sources.jar | *-javadoc.jar) ;;
    *) jar=$file ;;
  esac
done
if [ ! -e "$jar" ] || [ ! -e "$target/class-path" ]; then
  echo "$target has no jar, expected one: mvn -DskipTests package" >&2
  exit 1
fi
class_path=$jar:$(cat "$target/class-path")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
workers=${WORKERS:-2}
if [[ ! $workers =~ ^[1-9][0-9]?$ ]]; then # Training would wait for workers for ever.
  echo "WORKERS is '$workers', expected a number from 1 to 99" >&2
  exit 2
fi
work=$(mktemp -d)
# Below those that the system gives to connections: to one of them a connection could be made from itself.
port=$((20000 + RANDOM % 12000))
while (echo > "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do # Somebody listens there.
  port=$((20000 + RANDOM % 12000))
done
url=spark://127.0.0.1:$port

options=(--add-modules=jdk.incubator.vector --add-opens=java.base/java.lang=ALL-UNNAMED
  --add-opens=java.base/java.lang.invoke=ALL-UNNAMED --add-opens=java.base/java.lang.reflect=ALL-UNNAMED
  --add-opens=java.base/java.io=ALL-UNNAMED --add-opens=java.base/java.net=ALL-UNNAMED
  --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED
  --add-opens=java.base/java.util.concurrent=ALL-UNNAMED --add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED
  --add-opens=java.base/jdk.internal.ref=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
  --add-opens=java.base/sun.nio.cs=ALL-UNNAMED --add-opens=java.base/sun.security.action=ALL-UNNAMED
  --add-opens=java.base/sun.util.calendar=ALL-UNNAMED)
# Options of the environment are told before it.
version=$("$java" -version 2>&1 | sed -n 's/^[a-z]* version "\([0-9]*\).*/\1/p')
if [ "$version" -ge 24 ]; then
  options+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
fi

# Spark looks for a distribution of itself before it starts an executor, and takes an empty one.
mkdir -p "$work/home/jars"
export SPARK_HOME=$work/home SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1 OMP_NUM_THREADS=1

processes=()
stop() {
  if [ $? != 0 ]; then
    tail -n 20 "$work"/*.log >&2 2> /dev/null || true
  fi
  for process in "${processes[@]}"; do
    kill "$process" 2> /dev/null || true
  done
  wait
  rm -rf "$work"
}
trap stop EXIT

if [ -z "${MASTER:-}" ]; then
  # Without retries: a master that took another port would not be found. Without its REST server, whose port is the same for every master.
  "$java" -Xmx256m "${options[@]}" -Dspark.port.maxRetries=0 -Dspark.master.rest.enabled=false -cp "$class_path" org.apache.spark.deploy.master.Master \
    --host 127.0.0.1 --port "$port" --webui-port 0 > "$work/master.log" 2>&1 &
  processes+=($!)
  for ((i = 0; i < 300; i++)); do
    (echo > "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break
    if ! kill -0 "${processes[0]}" 2> /dev/null || [ "$i" = 299 ]; then
      echo "the master does not listen on $url:" >&2
      exit 1
    fi
    sleep 0.2
  done
  for ((i = 1; i <= workers; i++)); do
    "$java" -Xmx256m "${options[@]}" -cp "$class_path" org.apache.spark.deploy.worker.Worker \
      --host 127.0.0.1 --webui-port 0 --cores 1 --memory 1g --work-dir "$work/worker$i" "$url" > "$work/worker$i.log" 2>&1 &
    processes+=($!)
  done
fi

"$java" -Xmx1g "${options[@]}" -cp "$class_path" \
  -Dspark.driver.host=127.0.0.1 -Dspark.driver.bindAddress=127.0.0.1 -Dspark.ui.enabled=false \
  -Dspark.executor.extraClassPath="$class_path" \
  -Dspark.scheduler.minRegisteredResourcesRatio=1 -Dspark.cores.max="$workers" \
  io.github.descent4j.mnist.spark.Main --master "${MASTER:-$url}" "$@"
