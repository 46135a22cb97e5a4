#!/bin/sh
# Each template with every variable of the environment put in, as the image of nginx does it.
set -eu
names="$(env -0 | tr '\n\0' ' \n' | sed 's/=.*//; s/.*/${&} /' | tr -d '\n')"
for template in /etc/nginx/templates/*.template; do
  envsubst "$names" < "$template" > "/etc/nginx/conf.d/$(basename "$template" .template)"
done
exec "$@"
