"""The keystore's secret at a ceremony: made or typed, divided between officers, or given back.

It is held in memory alone, for as long as the ceremony lasts; no step writes it anywhere.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from guichet.domain.ceremonies import share_text, shares
from guichet.domain.ceremonies.plan import DIVIDED, Custody, HandOver, Officer
from guichet.domain.ceremonies.shares import Share, ShareError
from guichet.keystore import Keystore, KeystoreError
from guichet.processes.ceremony import guard
from guichet.processes.ceremony.desk import Desk, HaltedError
from guichet.processes.ceremony.record import Fact, write_whole
from guichet.processes.ceremony.setting import Setting, card_of
from guichet.x509 import cms
from guichet.x509.errors import Unreadable

NEW_OCTETS: Final = 20  # 160 bits, 27 characters
FOLDER: Final = "shares"
TRIES: Final = 5


def take_up(setting: Setting) -> tuple[Keystore, dict[str, Fact]]:
    """Open the keystore as the plan wants, handing the shares out; tell it without the secret.

    Raises HaltedError, in words.
    """
    custody = setting.plan.custody
    if custody not in DIVIDED:
        keystore, facts = reopen(setting)
        return keystore, {"custody": custody} | facts
    secret = _made(setting) if custody is Custody.NEW else _typed(setting)
    keystore = opened(setting, secret)
    divided = shares.split(secret, setting.plan.threshold, len(setting.plan.holders))
    _hand_out(setting, divided)
    return keystore, {
        "custody": custody,
        "set": divided[0].set_name,
        "threshold": setting.plan.threshold,
        "shares": len(divided),
    }


def reopen(setting: Setting, of_set: str = "") -> tuple[Keystore, dict[str, Fact]]:
    """Open the keystore of a ceremony that goes on, or that divides nothing; tell whose shares.

    `of_set` names the shares that this ceremony handed out: others would cost a try of the PIN.
    Raises HaltedError.
    """
    is_in_service = setting.plan.custody is Custody.FILE
    if is_in_service or (setting.is_rehearsal and setting.plan.custody is Custody.SHARES):
        try:
            return opened(setting, setting.in_service()), {}
        except KeystoreError as error:
            raise HaltedError(str(error)) from error
    setting.desk.say("The officers' shares open the keystore.")
    joined = assemble(setting.desk, of_set)
    return opened(setting, joined.secret), joined.facts


def opened(setting: Setting, secret: bytes) -> Keystore:
    """The keystore, once the secret has opened it; tried once: a token locks.

    Raises HaltedError.
    """
    try:
        keystore = setting.open_keystore(secret)
        guard.keep_apart(keystore, setting.plan)
        label = min(keystore.labels(), default=None)
        if label is not None:
            keystore.public_key(label)
    except KeystoreError as error:
        raise HaltedError(str(error)) from error
    return keystore


def _made(setting: Setting) -> bytes:
    secret = secrets.token_urlsafe(NEW_OCTETS).encode()
    if setting.open_keystore(secret).labels():
        raise HaltedError(
            "The keystore holds keys already, under a secret that exists: a new one would not open "
            'them. Plan custody = "divide" or "shares", or name another keystore.'
        )
    return secret


def _typed(setting: Setting) -> bytes:
    typed = setting.desk.ask_secret("Passphrase or PIN of the keystore").encode()
    if typed != setting.desk.ask_secret("Once more").encode():
        raise HaltedError("The two were not the same: run the same command again.")
    if len(typed) not in shares.SECRET_OCTETS:
        raise HaltedError("A passphrase or PIN has from 1 to 127 characters.")
    return typed


def _hand_out(setting: Setting, divided: tuple[Share, ...]) -> None:
    """Each holder in turn; what an earlier run that was cut handed out serves no more."""
    folder = setting.folder / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    for former in folder.glob("*.cms"):
        former.unlink()
    setting.desk.say(f"Set {divided[0].set_name}: destroy any share of another set.")
    for officer, share in zip(setting.plan.holders, divided, strict=True):
        if officer.share is HandOver.CARD:
            _envelop(setting, officer, share, folder)
        else:
            _show(setting.desk, officer, share)


def _envelop(setting: Setting, officer: Officer, share: Share, folder: Path) -> None:
    card = card_of(officer, setting.beside)
    if card is None:  # the plan's reading asks for one
        raise HaltedError(f"{officer.name}: the plan names no certificate.")
    try:
        envelope = cms.envelop(share.encoded(), card)
    except Unreadable as error:
        raise HaltedError(f"{officer.name}: the key of this card opens no envelope.") from error
    path = folder / f"{share.set_name}-{share.index}.cms"
    write_whole(path, envelope)
    setting.desk.say(f"{officer.name}: share no. {share.index} is in {path}, for the card alone.")


def _show(desk: Desk, officer: Officer, share: Share) -> None:
    title = f"{officer.name} — share {share.index} of {share.total}, set {share.set_name}"
    text = share_text.written(share)
    while True:
        if not desk.confirm(f"{officer.name} alone is before the screen?"):
            raise HaltedError("Run the same command again: new shares are made for everybody.")
        try:
            if share_text.read(desk.hand_share(title, text)) == share:
                return
            desk.say("That is another share than the one shown.")
        except ShareError as error:
            desk.say(str(error))
        desk.say("The share is shown once more: correct your paper.")


@dataclass(frozen=True, slots=True, repr=False)
class Joined:
    """A secret that shares gave back; `facts` tell which shares, and nothing of what they hold."""

    secret: bytes
    facts: dict[str, Fact]


def assemble(desk: Desk, of_set: str = "") -> Joined:
    """The secret, from as many shares as it takes, typed or opened by a card. Raises HaltedError.

    Shares of any one set are taken, unless `of_set` names the one that is wanted. What is refused
    is asked for again; a few times, then everything stops.
    """
    held: list[Share] = []
    refused = 0
    while shares.missing(held):
        desk.say(f"Shares still wanted: {shares.missing(held)}.")
        try:
            share = _taken(desk)
            _require_set(share, of_set)
            shares.admit(share, held)
        except (ShareError, Unreadable, OSError) as error:
            refused += 1
            desk.say(explain(error))
            if refused == TRIES:
                raise HaltedError("Too many shares were refused: run the command again.") from error
        else:
            held.append(share)
            desk.say(f"Share {share.index} of {share.total}, set {share.set_name}: taken.")
    try:
        secret = shares.join(held)
    except ShareError as error:
        raise HaltedError(str(error)) from error
    numbers = ", ".join(str(share.index) for share in held)
    return Joined(secret, {"set": held[0].set_name, "joined": numbers})


def _taken(desk: Desk) -> Share:
    path = desk.ask("File of a share for a card (.cms); nothing, to type a share")
    if not path:
        return share_text.read(desk.ask_secret("Share, as written on paper (not shown)"))
    envelope = Path(path).read_bytes()
    card = Path(desk.ask("The officer's card: file .p12, or .pem with key and certificate"))
    key, own, _chain = cms.card(card.read_bytes(), desk.ask_secret("Its password").encode())
    return Share.decoded(cms.opened(envelope, key, own))


def _require_set(share: Share, of_set: str) -> None:
    if of_set and share.set_name != of_set:
        raise ShareError(f"This share is of set {share.set_name}; set {of_set} is wanted.")


def explain(error: Exception) -> str:
    """Why a share or a card was refused, in words."""
    if not isinstance(error, Unreadable):
        return str(error)
    return {
        "password": "The password does not open this card, or the file is no card.",
        "card": "No key is in this file with its own certificate.",
        "cms": "This envelope is for another card, or was altered.",
        "not-rsa": "The key of this card opens no envelope: it is not RSA.",
    }.get(error.reason, error.reason)
