#!/usr/bin/env bash
# What the image of PostgreSQL documents of its start, as far as compose.yaml uses it: as root, the
# folders given to their user; on an empty folder initdb, then a server of the socket alone under
# which each script of /docker-entrypoint-initdb.d is run (.sh sourced unless executable, .sql by psql).
set -Eeo pipefail
if [ "$(id -u)" = 0 ]; then
  chmod 0700 "$PGDATA" && chmod 3775 /run/postgresql && chown -R postgres "$PGDATA" /run/postgresql
  exec setpriv --reuid postgres --regid postgres --init-groups "$BASH_SOURCE" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086 the variable holds options
  initdb -U postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
  PGPASSWORD="$(< "$POSTGRES_PASSWORD_FILE")" && export PGPASSWORD
  pg_ctl -w -o "-c listen_addresses=''" start
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
      *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -U postgres -d postgres -f "$script" ;;
    esac
  done
  pg_ctl -m fast -w stop
  unset PGPASSWORD
fi
exec "$@"
