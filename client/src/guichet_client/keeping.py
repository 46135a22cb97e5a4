"""The life of one certificate: enrolled, renewed when due, revoked."""

from datetime import datetime, timedelta
from pathlib import Path

from guichet_client import advice, installing, keys, renewal, tokens
from guichet_client.clock import Clock
from guichet_client.errors import ClientError, Exit
from guichet_client.files import Owner
from guichet_client.outcomes import Outcome
from guichet_client.protocols import Asked, Way, way_of
from guichet_client.renewal import Plan
from guichet_client.settings import Settings
from guichet_client.store import Made, Store, Version
from guichet_client.wording import Say


class Keeper:
    """Works for one certificate, with its settings and its folder of the store."""

    def __init__(self, settings: Settings, root: Path, clock: Clock) -> None:
        self.settings, self._root, self._clock = settings, root, clock
        self.store = Store(root, settings.name)

    def enrol(self, *, force: bool) -> Outcome:
        """Obtain a first certificate; with `force` another, whatever there is."""
        held = self.store.current()
        if held is not None and not force and self._serves(held):
            return self._outcome("kept", Say.KEPT, held)
        return self._obtained("enrolled", Say.ENROLLED, None)

    def renew(self, *, force: bool) -> Outcome:
        """Renew if it is time; first bring to its end what an earlier run could not."""
        held, newest = self.store.current(), self.store.newest()
        if held is None:
            return self._unfinished(newest)
        if self.store.state().get("revoked_at"):
            return self._outcome("revoked", Say.IS_REVOKED, held, Exit.ATTENTION)
        if newest is not None and newest.number > held.number:
            installing.install(self.settings, self.store, newest)
            return self._outcome("installed", Say.INSTALLED, newest)
        if self.store.state().get("hooks_due"):
            installing.install(self.settings, self.store, held)
        plan = self.plan(held)
        self.store.remember(plan=plan.as_json())
        if not force and not renewal.is_due(plan, self._clock.now()):
            return self._outcome("not-due", Say.NOT_DUE, held, plan=plan)
        return self._obtained("renewed", Say.RENEWED, held, plan)

    def revoke(self, reason: str) -> Outcome:
        """Revoke the certificate in use; its files stay, for who must replace them."""
        held = self.store.current()
        if held is None:
            return self.absent()
        self._way().revoke(held, reason)
        self.store.forget_pending()
        self.store.remember(revoked_at=self._clock.now().isoformat(), revocation_reason=reason)
        return self._outcome("revoked", Say.REVOKED, held)

    def rehearse(self, *, renews: bool, force: bool) -> Outcome:
        """What enrol or renew would do: the server is read, nothing is ordered nor written."""
        held, reached = self.store.current(), self._way().check()
        if held is None or (not renews and (force or not self._serves(held))):
            words = Say.WOULD_ENROL.text(reached=reached, name=self.settings.wanted.name)
            return Outcome(self.settings.name, "would-enrol", words)
        plan = self.plan(held)
        due = force or renewal.is_due(plan, self._clock.now())
        action, say = ("would-renew", Say.WOULD_RENEW) if due else ("not-due", Say.NOT_DUE)
        return self._outcome(action, say, held, plan=plan)

    def rehearse_revocation(self) -> Outcome:
        """What revoke would revoke."""
        held = self.store.current()
        if held is None:
            return self.absent()
        return self._outcome("would-revoke", Say.WOULD_REVOKE, held)

    def plan(self, held: Version) -> Plan:
        """When the certificate in use is renewed."""
        kept = renewal.from_json(self.store.state().get("plan"))
        return advice.plan_of(self.settings, held.leaf, kept, self._clock)

    def absent(self) -> Outcome:
        """That there is no certificate yet, and how to get one."""
        name = self.settings.name
        return Outcome(name, "absent", Say.ABSENT.text(name=name), Exit.ATTENTION)

    def _unfinished(self, newest: Version | None) -> Outcome:
        """A first enrolment that an earlier run began."""
        if newest is not None:
            installing.install(self.settings, self.store, newest)
            return self._outcome("installed", Say.INSTALLED, newest)
        if self.store.pending.exists():
            return self._obtained("enrolled", Say.ENROLLED, None)
        return self.absent()

    def _obtained(
        self, action: str, say: Say, replaced: Version | None, plan: Plan | None = None
    ) -> Outcome:
        key, uri, csr_der = self._request(replaced)
        asked = Asked(
            key=key,
            csr_der=csr_der,
            replaced=replaced,
            progress=self.store.progress(),
            note=self.store.note,
        )
        try:
            issued = self._way().obtain(asked)
        except ClientError as error:
            if error.code is Exit.REFUSED:
                self.store.forget_pending()
            raise
        made = Made(
            key_pem=None if uri else keys.pem(key),
            key_uri=uri,
            chain=keys.chain_of(issued.certificates, key.public_key()),
            facts={"protocol": self.settings.protocol} | dict(issued.facts),
            combined="haproxy" in self.settings.reloads,
        )
        owner = Owner(self.settings.owner, self.settings.group)
        version = self.store.add(made, owner)
        self.store.remember(plan=None, revoked_at=None, revocation_reason=None)
        installing.install(self.settings, self.store, version)
        return self._outcome(action, say, version, plan=plan)

    def _request(self, replaced: Version | None) -> tuple[keys.PrivateKey, str, bytes]:
        """The key and request that are pending already, or new ones, kept before they are sent."""
        serial = f"{replaced.leaf.serial_number:x}" if replaced else ""
        if self.store.progress().get("replaces") == serial:
            key, uri = self._pending_key()
            return key, uri, (self.store.pending / "request.der").read_bytes()
        key, uri = self._new_key(replaced)
        csr_der = self._csr(key, replaced)
        kept = {"key.uri": uri.encode()} if uri else {"key.pem": keys.pem(key)}
        self.store.begin(kept | {"request.der": csr_der})
        self.store.note(replaces=serial)
        return key, uri, csr_der

    def _csr(self, key: keys.PrivateKey, replaced: Version | None) -> bytes:
        if replaced is not None and self.settings.protocol == "est":
            return keys.request_like(key, replaced.leaf)
        wanted = self.settings.wanted
        return keys.request(key, wanted.name, is_server=wanted.is_server)

    def _pending_key(self) -> tuple[keys.PrivateKey, str]:
        told = self.store.pending / "key.uri"
        if told.exists():
            uri = told.read_text().strip()
            return tokens.find(self.settings.key, uri), uri
        return keys.load((self.store.pending / "key.pem").read_bytes()), ""

    def _new_key(self, replaced: Version | None) -> tuple[keys.PrivateKey, str]:
        wanted = self.settings.key
        if wanted.reuse and replaced is not None:
            if replaced.key_uri:
                return tokens.find(wanted, replaced.key_uri), replaced.key_uri
            return keys.load(replaced.key.read_bytes()), ""
        if wanted.token:
            label = f"{self.settings.name}-{self._clock.now():%Y%m%d%H%M%S}"
            return tokens.make(wanted, label)
        return keys.generate(wanted.kind), ""

    def _serves(self, held: Version) -> bool:
        is_revoked = bool(self.store.state().get("revoked_at"))
        return held.leaf.not_valid_after_utc > self._clock.now() and not is_revoked

    def _way(self) -> Way:
        return way_of(self.settings, self._root, self._clock)

    def _outcome(
        self,
        action: str,
        say: Say,
        version: Version,
        code: Exit = Exit.DONE,
        plan: Plan | None = None,
    ) -> Outcome:
        ends = version.leaf.not_valid_after_utc
        facts = {
            "serial": f"{version.leaf.serial_number:x}",
            "not_after": ends.isoformat(),
            "folder": str(self.store.live),
        }
        when = plan.chosen if plan else ends - timedelta(days=self.settings.before_days)
        if plan:
            facts |= {"renewal": plan.chosen.isoformat(), "renewal_by": plan.window.source}
        words = say.text(folder=self.store.live, ends=_day(ends), when=_day(when))
        if plan and plan.window.explanation:
            facts |= {"explanation": plan.window.explanation}
            words += "\n" + Say.WHY.text(url=plan.window.explanation)
        return Outcome(self.settings.name, action, words, code, facts)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
