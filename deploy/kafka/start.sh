#!/bin/bash
# Starts the broker of the image apache/kafka without the image's own start, which writes its configuration into the image.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kafka=${KAFKA_HOME:-/opt/kafka}
data=${KAFKA_DATA:-/var/lib/kafka/data}
export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$here/log4j2.properties"
export LOG_DIR=/tmp/kafka
# Without "-loggc": the log of the garbage collector would fill /tmp.
export EXTRA_ARGS="-XX:+ExitOnOutOfMemoryError"

if [[ ! -f $data/meta.properties ]]; then
    # The first node makes the quorum. Its cluster's id (16 bytes, base64) is random, so that two clusters never take each other for the same one.
    id=k$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c 2-22)
    KAFKA_HEAP_OPTS=-Xmx256m "$kafka/bin/kafka-storage.sh" format --standalone --cluster-id "$id" --config "$here/server.properties"
fi
exec "$kafka/bin/kafka-server-start.sh" "$here/server.properties" \
    --override "advertised.listeners=LOG://kafka:9092,EXTERNAL://${KAFKA_EXTERNAL_HOST:-localhost}:9094" "$@"
