#!/bin/sh
# Runs before everything else, at every start: `docker compose up`. What is there is kept; what .env gives replaces it; what is missing is made at random.
# `docker compose run --rm prepare show` prints the secrets, so run it where nobody looks over your shoulder.
set -eu
umask 022
secrets=${SECRETS_DIR:-/secrets}
data=${DATA_DIR:-/data}

# secret FILE VALUE: readable for every user inside the few containers that mount the volume, and for root of the host.
secret() {
    file=$secrets/$1
    if [ -n "$2" ]; then
        value=$2
    elif [ -s "$file" ]; then
        return 0
    else
        # 24 bytes, in characters that need no quoting in a URL, a shell or XML.
        value=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
    fi
    printf '%s\n' "$value" > "$file.new"
    mv "$file.new" "$file"
}

# owner FOLDER USER: Docker makes volumes for root.
owner() {
    chown "$2" "$data/$1"
}

case ${1:-make} in
make)
    secret collector/write-key "${COLLECTOR_WRITE_KEY:-}"
    secret collector/history-key "${COLLECTOR_HISTORY_KEY:-}"
    secret writer/password "${CLICKHOUSE_WRITER_PASSWORD:-}"
    secret reader/password "${CLICKHOUSE_READER_PASSWORD:-}"
    secret grafana/admin-password "${GRAFANA_ADMIN_PASSWORD:-}"
    secret grafana/secret-key "${GRAFANA_SECRET_KEY:-}"
    owner kafka 1000:1000
    owner clickhouse 101:101
    owner prometheus 65534:65534
    owner grafana 472:0
    echo "secrets and volumes are ready; 'docker compose run --rm prepare show' prints the secrets"
    ;;
show)
    echo "collector, key for events:             $(cat "$secrets/collector/write-key")"
    echo "collector, key for imports:            $(cat "$secrets/collector/history-key")"
    echo "ClickHouse, user reader:               $(cat "$secrets/reader/password")"
    echo "ClickHouse, user writer:               $(cat "$secrets/writer/password")"
    echo "Grafana, user admin (first start only): $(cat "$secrets/grafana/admin-password")"
    ;;
*)
    echo "prepare: make or show, not '$1'" >&2
    exit 2
    ;;
esac
