#!/bin/sh
# Run once by the image of PostgreSQL, after the roles were made.
set -eu
psql -q -v ON_ERROR_STOP=1 -d guichet -f /run/secrets/passwords.sql
