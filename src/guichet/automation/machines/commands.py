"""What to paste on a server once a secret is made: addresses and options are the real ones."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.domain.catalogue.profiles import profile
from guichet.domain.est.labels import Label
from guichet.domain.machine_rights import profiles_for_servers
from guichet.domain.machines import CredentialKind, MachineScope
from guichet.identities.machines import MachineFacts, eab_text
from guichet.identities.operations.machines import Issued

SAMPLE_SERVER: Final = "www.exemple.fr"
SAMPLE_SERVICE: Final = "mon-service"
CLIENT: Final = "guichet-client"


@dataclass(frozen=True, slots=True)
class Shown:
    """A secret on its page: named values to copy, and commands, each with whose they are."""

    values: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Sample:
    """A certificate that the account may ask for, to fill commands with."""

    profile: str
    name: str


def shown(machine: MachineFacts, issued: Issued) -> Shown:
    """What the page of a secret just made shows, this once."""
    if issued.facts.kind is CredentialKind.EAB:
        return _eab(machine, issued.secret)
    if issued.facts.kind is CredentialKind.EST_SECRET:
        return _est(machine, issued.secret)
    return _token(machine, issued.secret)


def _sample(scope: MachineScope) -> _Sample:
    servers = sorted(profiles_for_servers(scope.profiles))
    if servers:
        return _Sample(servers[0], scope.names[0] if scope.names else SAMPLE_SERVER)
    code = min(scope.profiles)
    return _Sample(code, scope.services[0] if scope.services else SAMPLE_SERVICE)


def _eab(machine: MachineFacts, key_id: str) -> Shown:
    key = eab_text(key_id)
    server = settings.GUICHET.portal_url + reverse("acme:directory")
    sample, email = _sample(machine.scope), machine.contact_email
    certbot = (
        f"certbot certonly --server {server} \\\n  --eab-kid {key_id} \\\n"
        f"  --eab-hmac-key {key} \\\n"
        f"  --agree-tos -m {email} \\\n  --webroot -w /var/www/html -d {sample.name}"
    )
    lego = (
        f"lego --server {server} \\\n  --eab --kid {key_id} \\\n  --hmac {key} \\\n"
        f"  --accept-tos --email {email} \\\n  --http -d {sample.name} run"
    )
    dehydrated = (
        f"cat > /etc/dehydrated/conf.d/guichet.sh <<'FIN'\nCA={server}\n"
        f"EAB_KID={key_id}\nEAB_HMAC_KEY={key}\nCONTACT_EMAIL={email}\nFIN\n"
        f"dehydrated --register --accept-terms\ndehydrated --cron --domain {sample.name}"
    )
    lines = (f'eab_key_id = "{key_id}"', _kept("eab_mac_key_file"))
    client = _client(machine, ("acme", server), key, lines)
    values = (
        (_("Annuaire ACME"), server),
        (_("Identifiant de clé (EAB kid)"), key_id),
        (_("Clé HMAC (EAB)"), key),
    )
    commands = (
        ("certbot", certbot),
        ("lego", lego),
        ("dehydrated", dehydrated),
        (CLIENT, client),
    )
    return Shown(values, commands)


def _token(machine: MachineFacts, secret: str) -> Shown:
    base = settings.GUICHET.portal_url
    curl = f'curl -H "Authorization: Bearer {secret}" \\\n  {base}/api/v1/products'
    client = _client(machine, ("rest", base), secret, (_kept("token_file"),))
    return Shown(((_("Jeton"), secret),), (("curl", curl), (CLIENT, client)))


def _est(machine: MachineFacts, secret: str) -> Shown:
    base, sample = settings.GUICHET.card_url, _sample(machine.scope)
    label = Label(profile(sample.profile), sample.name)
    curl = (
        "openssl req -new -newkey rsa:3072 -nodes -keyout cle.pem -outform DER \\\n"
        f"  -subj '/CN={sample.name}' | base64 > demande.b64\n"
        f"curl --user '{machine.key}:{secret}' \\\n  -H 'Content-Type: application/pkcs10' "
        f"--data-binary @demande.b64 \\\n  '{base}/.well-known/est/{label.path}/simpleenroll'"
    )
    lines = (f'user = "{machine.key}"', _kept("secret_file"))
    client = _client(machine, ("est", base), secret, lines, f'[est]\nlabel = "{label.text}"\n')
    values = (
        (_("Adresse EST"), f"{base}/.well-known/est/{label.path}"),
        (_("Utilisateur"), str(machine.key)),
        (_("Secret, à usage unique"), secret),
    )
    return Shown(values, (("curl", curl), (CLIENT, client)))


def _kept(name: str) -> str:
    return f'{name} = "/etc/guichet-client/web.secret"'


def _client(
    machine: MachineFacts,
    server: tuple[str, str],
    secret: str,
    credentials: tuple[str, ...],
    more: str = "",
) -> str:
    """A file of settings for guichet-client, the secret in a file of its own, and the first run."""
    sample = _sample(machine.scope)
    lines = "\n".join(credentials)
    directory = settings.GUICHET.portal_url + reverse("acme:directory")
    # ACME tells its own moment of renewal; the others ask it there too (RFC 9773).
    renewal = f'[renewal]\ndirectory = "{directory}"\n' if server[0] != "acme" else ""
    return (
        "install -d -m 700 /etc/guichet-client\n"
        f"(umask 077; printf %s '{secret}' > /etc/guichet-client/web.secret)\n"
        "cat > /etc/guichet-client/web.toml <<'FIN'\n"
        f'protocol = "{server[0]}"\nserver = "{server[1]}"\n{more}'
        f'[certificate]\nprofile = "{sample.profile}"\nname = "{sample.name}"\n'
        f'structure = "{machine.scope.structure_id}"\ncontact = "{machine.contact_email}"\n'
        f"[credentials]\n{lines}\n{renewal}FIN\n"
        "guichet-client enrol web && guichet-client install-timer"
    )
