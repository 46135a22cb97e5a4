"""What to paste on a server once a secret is made: addresses and options are the real ones."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from guichet.domain.machines import CredentialKind, MachineScope
from guichet.identities.machines import MachineFacts, eab_key
from guichet.identities.operations.machines import Issued

SAMPLE_NAME = "www.exemple.fr"


@dataclass(frozen=True, slots=True)
class Shown:
    """A secret on its page: named values to copy, and commands, each with whose they are."""

    values: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...]


def shown(machine: MachineFacts, issued: Issued) -> Shown:
    """What the page of a secret just made shows, this once."""
    if issued.facts.kind is CredentialKind.EAB:
        return _eab(machine, issued.secret)
    if issued.facts.kind is CredentialKind.EST_SECRET:
        return _est(issued.secret)
    return _token(issued.secret)


def acme_directory() -> str:
    """Where ACME clients begin (RFC 8555 §7.1.1)."""
    return f"{settings.GUICHET.portal_url}/acme/directory"


def est_base() -> str:
    """Where EST clients begin (RFC 7030 §3.2.2)."""
    return f"{settings.GUICHET.card_url}/.well-known/est"


def sample_name(scope: MachineScope) -> str:
    """A name that the account may ask for, to fill commands with."""
    return scope.names[0] if scope.names else SAMPLE_NAME


def _eab(machine: MachineFacts, key_id: str) -> Shown:
    key = urlsafe_b64encode(eab_key(key_id)).decode().rstrip("=")
    server, name, email = acme_directory(), sample_name(machine.scope), machine.contact_email
    certbot = (
        f"certbot certonly --server {server} \\\n  --eab-kid {key_id} \\\n"
        f"  --eab-hmac-key {key} \\\n"
        f"  --agree-tos -m {email} --webroot -w /var/www/html -d {name}"
    )
    lego = (
        f"lego --server {server} \\\n  --eab --kid {key_id} \\\n  --hmac {key} \\\n"
        f"  --accept-tos --email {email} --http -d {name} run"
    )
    dehydrated = (
        f"cat >> /etc/dehydrated/conf.d/guichet.sh <<'FIN'\nCA={server}\n"
        f"EAB_KID={key_id}\nEAB_HMAC_KEY={key}\nCONTACT_EMAIL={email}\nFIN\n"
        f"dehydrated --register --accept-terms\ndehydrated --cron --domain {name}"
    )
    return Shown(
        (
            (_("Annuaire ACME"), server),
            (_("Identifiant de clé (EAB kid)"), key_id),
            (_("Clé HMAC (EAB)"), key),
        ),
        (("certbot", certbot), ("lego", lego), ("dehydrated", dehydrated)),
    )


def _token(secret: str) -> Shown:
    base = f"{settings.GUICHET.portal_url}/api/v1"
    curl = f'curl -H "Authorization: Bearer {secret}" \\\n  {base}/products'
    return Shown(((_("Jeton"), secret),), (("curl", curl),))


def _est(secret: str) -> Shown:
    curl = (
        f"openssl req -new -newkey rsa:3072 -nodes -keyout cle.pem -outform DER \\\n"
        f"  -subj '/CN={SAMPLE_NAME}' | base64 > demande.b64\n"
        f"curl --user 'est:{secret}' \\\n  -H 'Content-Type: application/pkcs10' "
        f"--data-binary @demande.b64 \\\n  {est_base()}/simpleenroll"
    )
    return Shown(
        ((_("Adresse EST"), est_base()), (_("Secret, à usage unique"), secret)), (("curl", curl),)
    )
