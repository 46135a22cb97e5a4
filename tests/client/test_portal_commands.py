"""What the portal gives to paste is what guichet-client reads."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from client.counter import START
from guichet.automation.machines import commands
from guichet.domain.machines import CredentialKind, MachineScope, Verb
from guichet.identities.machines import CredentialFacts, MachineFacts
from guichet.identities.operations.machines import Issued
from guichet_client import settings

WAYS = {CredentialKind.EAB: "acme", CredentialKind.EST_SECRET: "est", CredentialKind.TOKEN: "rest"}


def machine(profile: str) -> MachineFacts:
    scope = MachineScope(
        account=str(uuid4()),
        structure_id="10B0135356",
        delegation=None,
        verbs=frozenset(Verb),
        profiles=frozenset({profile}),
        names=("hopital.fr",),
        services=("Service d’essai",),
    )
    return MachineFacts(
        key=uuid4(), ref="machine:1", name="Serveur", scope=scope, contact_email="a@hopital.fr",
        language="fr", created_at=START, created_by="", creator_ref="", ends_at=None,
        disabled_at=None, disabled_by="", last_used_at=None, last_used_by="",
    )  # fmt: skip


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("profile", ["SERV/SSL_SERV", "ORG/AUTH_CLI"])
def test_settings_pasted_from_the_portal_are_read(
    tmp_path: Path, kind: CredentialKind, profile: str
) -> None:
    facts = CredentialFacts(
        key=uuid4(), kind=kind, label="", mark="", hint="", created_at=START, created_by="",
        expires_at=None, used_at=None, last_used_at=None, revoked_at=None,
    )  # fmt: skip
    shown = commands.shown(machine(profile), Issued(facts, "gux_secret"))
    pasted = dict(shown.commands)["guichet-client"]
    (text,) = re.findall(r"web\.toml <<'FIN'\n(.*?)\nFIN\n", pasted, re.S)
    (tmp_path / "web.toml").write_text(text)
    read = settings.read(tmp_path, "web")
    assert (read.protocol, read.wanted.profile) == (WAYS[kind], profile)
    shown_files = (
        read.credentials.eab_mac_key_file,
        read.credentials.secret_file,
        read.credentials.token_file,
    )
    assert Path("/etc/guichet-client/web.secret") in shown_files
    assert read.directory.endswith("/acme/directory"), "told when to renew, whatever the protocol"
    assert bool(read.label) is (kind is CredentialKind.EST_SECRET)
