#!/bin/sh
# Secrets of a new installation, in this folder; what is there already is left. As root:
#   ./prepare.sh 'smtp://user:password@smtp.exemple.fr:587' server.pem server.key
# The folder is closed to others on this machine; each container sees the files that it is given.
set -eu
cd "$(dirname "$0")"
mails="${1:?the address of the mail server: smtp://user:password@host:587}"
certificate="${2:?the certificate of the site, with its chain (PEM)}"
key="${3:?its private key (PEM)}"
mkdir -p secrets backups
chmod 0700 secrets backups
# Where compose looks for what it puts into its file, such as the name of the site.
[ -e .env ] || [ -L .env ] || ln -s guichet.env .env

secret() { # name: its text on standard input
    if [ -e "secrets/$1" ]; then cat > /dev/null; else cat > "secrets/$1"; fi
    chmod 0444 "secrets/$1"
}

openssl rand -hex 24 | secret postgres
if [ ! -e secrets/passwords.sql ]; then
    statements=""
    for login in init=guichet portal=guichet-portal card=guichet-card signer=guichet-signer \
        publisher=guichet-publisher clerk=guichet-clerk; do
        role="${login#*=}" password="$(openssl rand -hex 24)"
        echo "postgresql://$role:$password@/guichet?host=/run/postgresql" \
            | secret "${login%%=*}-database"
        statements="$statements ALTER ROLE \"$role\" PASSWORD '$password';"
    done
    echo "$statements" | secret passwords.sql
fi
openssl rand -base64 48 | secret django
openssl rand -base64 32 | secret keystore
echo "$mails" | secret email
secret server.pem < "$certificate"
secret server.key < "$key"
