"""The acts of a ceremony on authorities, each by the operation that does it, told as facts."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.authority import ceremonies
from guichet.authority.ceremonies import Ceremony, CeremonyError, Made
from guichet.authority.signing import SigningFaultError
from guichet.domain.ceremonies.plan import Act, Do
from guichet.domain.ceremonies.steps import Step
from guichet.domain.ceremonies.transcript import certificate_of, sha256
from guichet.domain.refusals import Refusal
from guichet.journal import queries as journal
from guichet.keystore import Keystore, KeystoreError
from guichet.processes.ceremony.desk import HaltedError
from guichet.processes.ceremony.record import Fact, Record, write_whole
from guichet.processes.ceremony.setting import Setting
from guichet.x509 import names
from guichet.x509.crl import Reason

Facts = dict[str, Fact]
FAULTS: Final = (CeremonyError, KeystoreError, SigningFaultError, Refusal, OSError)


def perform(
    step: Step, act: Act, setting: Setting, keystore: Keystore, record: Record, at: datetime
) -> Facts:
    """Do one act, and tell what came of it. Raises HaltedError, in words."""
    ceremony = Ceremony(keystore=keystore, pki_base=setting.pki_base, at=at, by=setting.actor)
    try:
        if setting.precede and (reason := setting.precede(act, ceremony)):
            return {"not_rehearsed": reason}
        made_before = journal.head().seq if setting.precede else 0
        facts = DEEDS[act.do](_Deed(step.key, act, setting, ceremony, record))
    except FAULTS as error:
        raise HaltedError(
            f"{step.english}: {error} Once it is mended, run the same command again: "
            "what is done stays done."
        ) from error
    code = str(facts.get("authority", act.authority))
    told = _told(code, setting.actor, made_before)
    return facts | {"journal": ", ".join(map(str, sorted(told - record.quoted())))}


def _told(code: str, actor: str, after: int) -> set[int]:
    """What this ceremony has told of an authority, by this run or by one that was cut."""
    entries = journal.entries_about(f"authority:{code}")
    return {entry.seq for entry in entries if entry.actor == actor and entry.seq > after}


class _Deed:
    """One act under way."""

    def __init__(
        self, key: str, act: Act, setting: Setting, ceremony: Ceremony, record: Record
    ) -> None:
        self.key, self.act, self.ceremony, self.record = key, act, ceremony, record
        self.spec = setting.spec(act.authority)
        self._files = setting.files

    def given(self) -> bytes:
        return (self._files / self.act.file).read_bytes()

    def give(self, data: bytes) -> Facts:
        """Write what goes elsewhere, and tell its hash: who receives it compares."""
        write_whole(self._files / self.act.out, data, 0o644)
        return {"file": self.act.out, "file_sha256": sha256(data)}

    def made(self, found: Made) -> Facts:
        """A certificate that is there now, by this run or by one that was cut."""
        code = found.code
        loaded = x509.load_der_x509_certificate(found.certificate_der)
        pem = loaded.public_bytes(Encoding.PEM).decode()
        whole, key = certificate_of(pem)
        self.record.add_certificate({"code": code, "pem": pem, "sha256": whole, "key_sha256": key})
        return {
            "authority": code,
            "subject": names.display(loaded.subject),
            "issuer": names.display(loaded.issuer),
            "serial": f"{loaded.serial_number:X}",
            "not_after": loaded.not_valid_after_utc.isoformat(timespec="seconds"),
            "certificate_sha256": whole,
            "key_sha256": key,
        }


def _create(deed: _Deed) -> Facts:
    return deed.made(ceremonies.create(deed.ceremony, deed.spec))


def _request(deed: _Deed) -> Facts:
    code = deed.act.code or deed.act.authority
    made = ceremonies.request_certificate(deed.ceremony, deed.spec, code)
    return {"authority": code} | deed.give(made)


def _answer(deed: _Deed) -> Facts:
    request = deed.given()
    answer = ceremonies.answer_request(deed.ceremony, deed.spec, deed.act.issuer, request)
    told: Facts = {"issuer": deed.act.issuer, "request_sha256": sha256(request)}
    return told | deed.give(answer)


def _install(deed: _Deed) -> Facts:
    code, response = deed.act.code or deed.act.authority, deed.given()
    made = ceremonies.install_response(deed.ceremony, deed.spec, code, response)
    return deed.made(made) | {"file_sha256": sha256(response)}


def _install_root(deed: _Deed) -> Facts:
    code, data = deed.act.code or deed.act.authority, deed.given()
    made = ceremonies.install_root(deed.ceremony, deed.spec, code, data)
    return deed.made(made) | {"file_sha256": sha256(data)}


def _renew(deed: _Deed) -> Facts:
    wanted = deed.act.code or ceremonies.next_code(deed.spec)
    code = deed.record.intend(deed.key, wanted)
    retires = deed.act.retires != "no"
    return deed.made(ceremonies.renew(deed.ceremony, deed.spec, code, retires=retires))


def _cross_certify(deed: _Deed) -> Facts:
    act = deed.act
    made = ceremonies.cross_certify(deed.ceremony, deed.spec, act.authority, act.issuer)
    return deed.made(made)


def _retire(deed: _Deed) -> Facts:
    ceremonies.retire(deed.ceremony, deed.act.authority)
    return {"authority": deed.act.authority}


def _revoke(deed: _Deed) -> Facts:
    act = deed.act
    ceremonies.revoke(deed.ceremony, act.serial, Reason(act.reason))
    return {"authority": act.authority, "serial": act.serial, "reason": act.reason}


def _issue_list(deed: _Deed) -> Facts:
    made = ceremonies.issue_list(deed.ceremony, deed.act.authority)
    return {"authority": deed.act.authority} | deed.give(made)


def _install_list(deed: _Deed) -> Facts:
    data = deed.given()
    found = ceremonies.install_list(deed.ceremony, data)
    return {"authority": found.code, "number": found.number, "file_sha256": sha256(data)}


def _destroy(deed: _Deed) -> Facts:
    act = deed.act
    found = ceremonies.destroy_key(deed.ceremony, act.authority, incident=act.incident)
    told: Facts = {"authority": found.code, "key_sha256": found.key_sha256}
    return told | ({"incident": act.incident} if act.incident else {})


DEEDS: Final[dict[Do, Callable[[_Deed], Facts]]] = {
    Do.CREATE: _create,
    Do.REQUEST: _request,
    Do.ANSWER: _answer,
    Do.INSTALL: _install,
    Do.INSTALL_ROOT: _install_root,
    Do.RENEW: _renew,
    Do.CROSS_CERTIFY: _cross_certify,
    Do.RETIRE: _retire,
    Do.REVOKE: _revoke,
    Do.ISSUE_LIST: _issue_list,
    Do.INSTALL_LIST: _install_list,
    Do.DESTROY: _destroy,
}
