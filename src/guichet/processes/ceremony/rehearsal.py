"""A rehearsal: the whole plan on a throw-away database and keystore; its transcript is kept."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from rich.console import Console

from guichet.authority import ceremonies, queries
from guichet.authority.ceremonies import Ceremony
from guichet.domain.ceremonies.plan import Act, Custody, Do, Plan
from guichet.keystore import open_keystore
from guichet.processes.ceremony import guard, run
from guichet.processes.ceremony.desk import Desk, HaltedError, TerminalDesk, UnattendedDesk
from guichet.processes.ceremony.setting import Setting

PIN_OCTETS: Final = 8
TOKEN: Final = "guichet-rehearsal"  # noqa: S105 a label
MODULES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
# What cannot be played by one machine alone: it comes from another, by a file.
ELSEWHERE: Final = {
    Do.INSTALL: "l’émetteur signe ailleurs – the issuer signs elsewhere",
    Do.INSTALL_ROOT: "la racine est faite ailleurs – the root is made elsewhere",
    Do.INSTALL_LIST: "la liste est émise ailleurs – the list is issued elsewhere",
    Do.REVOKE: "ce certificat n’existe qu’en service – this certificate is in service alone",
}


def rehearse(
    plan: Plan, beside: Path, into: Path, *, unattended: bool = False, short: bool = False
) -> Path:
    """Hold a plan for nothing and copy its transcript `into` a folder that this makes.

    The process runs on a state folder made for this, which whoever called it throws away.
    Raises HaltedError, PlanError.
    """
    if into.exists():
        raise HaltedError(f"{into} is there already: name another folder, or remove it.")
    state = settings.GUICHET.state
    call_command("migrate", verbosity=0, interactive=False)
    pin = secrets.token_urlsafe(PIN_OCTETS)
    screen = Console(soft_wrap=True, highlight=False, emoji=False)
    desk: Desk = UnattendedDesk(pin, screen) if unattended else TerminalDesk(screen)
    desk.say("REHEARSAL: nothing of it is kept but its transcript.")
    url = _token(state, pin) if plan.keystore.startswith("pkcs11:") else f"file:{state}/keystore"
    if plan.custody is Custody.DIVIDE:
        desk.say(f"The secret to type in this rehearsal: {pin}")

    files = state / "files"
    files.mkdir()
    setting = Setting(
        plan=plan,
        beside=beside,
        files=files,
        folder=state / "ceremonies" / plan.id,
        desk=desk,
        open_keystore=partial(open_keystore, url),
        in_service=pin.encode,
        pki_base=settings.GUICHET.pki_url,
        short_keys=short,
    )
    setting = replace(setting, precede=_Precede(setting))
    guard.check(setting, plan.keystore)
    made = run.hold(setting)
    shutil.copytree(made, into)
    return into


def _token(state: Path, pin: str) -> str:
    """A SoftHSM token of its own, in the throw-away folder; its PIN guards nothing that lasts."""
    module = next((path for path in MODULES if Path(path).is_file()), None)
    program = shutil.which("softhsm2-util")
    if module is None or program is None:
        raise HaltedError(
            "A plan on a PKCS#11 token is rehearsed on SoftHSM: install softhsm2, or plan a file "
            "keystore to rehearse the rest."
        )
    (state / "tokens").mkdir(mode=0o700)
    configuration = state / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {state / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    pins = ["--pin", pin, "--so-pin", secrets.token_urlsafe(PIN_OCTETS)]
    made = ["--init-token", "--free", "--label", TOKEN, *pins]
    subprocess.run([program, *made], check=True, capture_output=True)  # noqa: S603 fixed words
    return f"pkcs11:token={TOKEN}?module-path={module}"


@dataclass(frozen=True, slots=True)
class _Precede:
    """Makes what an act presupposes: authorities made years ago, files of the other machine."""

    setting: Setting

    def __call__(self, act: Act, ceremony: Ceremony) -> str:
        if act.do in ELSEWHERE:
            return ELSEWHERE[act.do]
        spec = self.setting.spec(act.authority)
        match act.do:
            case Do.CREATE:
                self._have(ceremony, spec.parent)
            case Do.ANSWER:
                self._have(ceremony, act.issuer)
            case Do.REQUEST:
                self._have(ceremony, act.authority if act.code else None)
            case _:
                self._have(ceremony, act.authority)
                self._have(ceremony, act.issuer or None)
        if act.do is Do.ANSWER:
            self._receive(act, ceremony)
        return ""

    def _have(self, ceremony: Ceremony, code: str | None) -> None:
        """An authority with all those above it, and the generations before it."""
        while code and code not in {found.code for found in queries.authorities()}:
            spec = self.setting.spec(code)
            self._have(ceremony, spec.parent)
            following = ceremonies.next_code(spec)
            if following == spec.code:
                ceremonies.create(ceremony, spec)
            else:
                ceremonies.renew(ceremony, spec, following)

    def _receive(self, act: Act, ceremony: Ceremony) -> None:
        """The request that another machine would have given."""
        path = self.setting.files / act.file
        if not path.exists():
            spec, code = self.setting.spec(act.authority), act.code or act.authority
            path.write_bytes(ceremonies.request_certificate(ceremony, spec, code))
