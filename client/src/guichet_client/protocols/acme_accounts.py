"""The account of this server with an ACME server: made once, bound by an EAB key."""

import hashlib
import json
from pathlib import Path
from typing import Any

from acme import messages
from josepy.errors import DeserializationError

from guichet_client import files, keys
from guichet_client.errors import ClientError, Exit
from guichet_client.protocols.acme_network import AcmeError, Network
from guichet_client.settings import Settings
from guichet_client.wording import Say


class Account:
    """Key and address of an account, in the folder that certificates of one EAB key share."""

    def __init__(self, settings: Settings, root: Path) -> None:
        self._settings = settings
        mark = f"{settings.server}\n{settings.credentials.eab_key_id}".encode()
        self._folder = root / ".accounts" / hashlib.sha256(mark).hexdigest()[:20]

    @property
    def is_made(self) -> bool:
        """Whether the server knows it, as far as we know."""
        return (self._folder / "account.json").is_file()

    def enter(self) -> Network:
        """A network that signs as the account, which is made if there is none."""
        key = self._key()
        network = Network(self._settings.server, self._settings.trust, key)
        if self.is_made:
            uri = str(json.loads((self._folder / "account.json").read_text())["uri"])
        else:
            uri = self._known(network) or self._made(network)
            told = json.dumps({"uri": uri, "directory": self._settings.server}).encode()
            files.write(self._folder / "account.json", told, mode=files.SECRET)
        network.sign_as(uri)
        return network

    def _key(self) -> keys.PrivateKey:
        path = self._folder / "key.pem"
        if not path.is_file():
            files.make_folder(self._folder, files.CLOSED)
            files.write(path, keys.pem(keys.generate("p-256")), mode=files.SECRET)
        return keys.load(path.read_bytes())

    def _known(self, network: Network) -> str | None:
        """The address of an account whose making we did not hear the end of."""
        try:
            found = network.post(network.address("newAccount"), {"onlyReturnExisting": True})
        except AcmeError as refusal:
            if refusal.kind == "accountDoesNotExist":
                return None
            raise
        return str(found.headers["Location"])

    def _made(self, network: Network) -> str:
        wanted: dict[str, Any] = {"termsOfServiceAgreed": True}
        if self._settings.wanted.contact:
            wanted["contact"] = [f"mailto:{self._settings.wanted.contact}"]
        meta = network.directory.get("meta") or {}
        if self._settings.credentials.eab_key_id or meta.get("externalAccountRequired"):
            wanted["externalAccountBinding"] = self._binding(network)
        return str(network.post(network.address("newAccount"), wanted).headers["Location"])

    def _binding(self, network: Network) -> dict[str, Any]:
        shown = self._settings.credentials
        if not shown.eab_key_id or shown.eab_mac_key_file is None:
            raise ClientError(Exit.CONFIGURATION, Say.EAB_MISSING)
        try:
            return messages.ExternalAccountBinding.from_data(
                network.key.public_key(),
                shown.eab_key_id,
                files.secret(shown.eab_mac_key_file),
                messages.Directory(network.directory),
            )
        except (DeserializationError, ValueError) as error:
            path = shown.eab_mac_key_file
            raise ClientError(Exit.CONFIGURATION, Say.EAB_UNREADABLE, path=path) from error
