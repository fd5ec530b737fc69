#!/bin/bash
# Starts the server with the digests of the passwords, which users.xml takes from the environment: the passwords themselves are written nowhere.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
digest() {
    local password
    password=$(< "$1")
    printf %s "$password" | sha256sum | cut -d ' ' -f 1
}
CLICKHOUSE_WRITER_SHA256=$(digest "${SECRETS_DIR:-/run/secrets}/writer/password")
CLICKHOUSE_READER_SHA256=$(digest "${SECRETS_DIR:-/run/secrets}/reader/password")
export CLICKHOUSE_WRITER_SHA256 CLICKHOUSE_READER_SHA256
# The watchdog would be one more process between Docker's signals and the server.
export CLICKHOUSE_WATCHDOG_ENABLE=0
exec "${CLICKHOUSE_SERVER:-clickhouse-server}" --config-file="$here/server.xml" "$@"
