"""What the pages of keys are told: kinds offered, what is known of the person, whose key it is."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from guichet.authority.queries import IssuedCertificate
from guichet.domain.catalogue.profiles import Profile
from guichet.identities.actors import Actor
from guichet.orders.summaries import OrderSummary, ProductSummary
from guichet.web.environments import marked
from guichet.x509 import bundles, certificate
from guichet.x509.keys import facts_of_spki

# What a browser makes and signs with here; keys of other kinds are joined by openssl.
BROWSER_KINDS: Final = frozenset({"rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384"})
ED25519: Final = "ed25519"
ML_DSA: Final = "ml-dsa-65"  # the middle of three: category 3 of NIST
BY_OPENSSL: Final = (
    "openssl pkcs12 -export -inkey {name}-recuperation.pem -in {chain} -out {archive}"
)
OLD_WINDOWS: Final = (
    "openssl pkcs12 -in {archive} -out {name}-temporaire.pem -aes256\n"
    "openssl pkcs12 -export -legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1 "
    "-in {name}-temporaire.pem -out {old}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChoice:
    """How a key may be made for one request.

    `kinds` are pairs of what scripts and people call them; `name` goes into the request, where it
    is ignored, and names files; `known` is JSON, what counts for nothing in a password; `others`
    are accepted kinds that no browser makes.
    """

    kinds: tuple[tuple[str, str], ...]
    preferred: str
    name: str
    known: str
    others: frozenset[str] = frozenset()

    @property
    def commands(self) -> dict[str, str]:
        """OpenSSL commands that make a key and its request, by the kinds the profile accepts."""
        name = file_name(self.name)
        ending = f"-keyout {name}.key -out {name}.csr -subj /CN={name}"
        found = {
            "rsa": f"openssl req -new -newkey rsa:2048 -sha256 {ending}",
            "ec": f"openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 {ending}",
        }
        if ED25519 in self.others:
            found["ed25519"] = f"openssl req -new -newkey ed25519 {ending}"
        if ML_DSA in self.others:
            found["ml_dsa"] = (
                f"openssl genpkey -algorithm {ML_DSA} -aes256 -out {name}.key\n"
                f"openssl req -new -key {name}.key -out {name}.csr -subj /CN={name}"
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFound:
    """The key of a certificate, as a page looks for it in its browser.

    `kind` is empty for a key that no browser makes; `spki` is base64, `chain` PEM from the
    certificate to the root, `challenge` what the key signs to prove that it is held.
    """

    fingerprint: str
    kind: str
    spki: str
    name: str
    chain: str = ""
    challenge: str = ""
    product: int = 0

    @property
    def by_openssl(self) -> str:
        """The OpenSSL command that makes the same PKCS#12 of the recovery file."""
        name, chain = file_name(self.name), marked(f"chaine-{self.product}.pem")
        return BY_OPENSSL.format(name=name, chain=chain, archive=marked(f"{name}.p12"))

    @property
    def for_old_windows(self) -> str:
        """OpenSSL commands that rewrite the PKCS#12 for systems before Windows 10 1709."""
        name = file_name(self.name)
        archive, old = marked(f"{name}.p12"), marked(f"{name}-ancien-windows.p12")
        return OLD_WINDOWS.format(name=name, archive=archive, old=old)


def key_choice(profile: Profile, name: str, known: Iterable[str]) -> KeyChoice:
    """The kinds that a profile accepts and a browser makes, and what is known of the person."""
    kinds = tuple((kind, kind_label(kind)) for kind in profile.keys.kinds if kind in BROWSER_KINDS)
    return KeyChoice(
        kinds=kinds,
        preferred=profile.keys.preferred,
        others=profile.keys.others,
        name=name,
        known=json.dumps([text for text in known if text]),
    )


def known_of(actor: Actor, *texts: str) -> tuple[str, ...]:
    """What counts for nothing in this person's password: names, numbers, and the given texts."""
    return (
        actor.display_name,
        actor.label,
        actor.given_names,
        actor.surname,
        actor.card_number or "",
        actor.national_id or "",
        actor.email,
        *texts,
    )


def key_of_order(order: OrderSummary, issued: IssuedCertificate) -> KeyFound:
    """The key of an order that is not withdrawn yet: found in the browser, or checked in a file."""
    key = facts_of_spki(certificate.spki_der(issued.der))
    return KeyFound(
        fingerprint=key.spki_sha256,
        kind=key.name if key.name in BROWSER_KINDS else "",
        spki=base64.b64encode(key.spki_der).decode(),
        name=order.beneficiary,
    )


def key_of_product(product: ProductSummary, issued: IssuedCertificate, challenge: str) -> KeyFound:
    """The key of a product, its certificate and chain, and the challenge it is to sign."""
    chain = bundles.pem_chain([issued.der, *issued.chain_ders])
    found = key_of_order(product.order, issued)
    return replace(found, chain=chain, challenge=challenge, product=product.number)


def kind_label(kind: str) -> str:
    """ "rsa-2048" in words."""
    family, _dash, size = kind.partition("-")
    if family == "rsa":
        return _("RSA-%(bits)s") % {"bits": size}
    return _("Courbe elliptique P-%(size)s") % {"size": size}


def file_name(text: str) -> str:
    """A name for files: letters, digits and hyphens, at most 40."""
    kept = (c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    name = "-".join(part for part in "".join(kept).split("-") if part)
    return name[:40] or "certificat"
