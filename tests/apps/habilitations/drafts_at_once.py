"""People who save at the same moment; each case tells what went wrong.

Sixty drafts each written by two people through the portal, in threads of two processes; one draft
written by eight at once; rows added at once; a deposit asked four times at once.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.typed import ADMINISTRATORS
from guichet.domain.refusals import Refusal
from guichet.habilitations.models import Dossier, Participation
from guichet.habilitations.operations import depositing, drafting
from guichet.identities.models import Account
from guichet.identities.queries import actor_of
from guichet.identities.sessions import BACKEND, BY

DRAFTS, PROCESSES, THREADS, FIRST = 60, 2, 20, 9_900_000
OWNER = {"use.editor": "Éditeur {n}", "use.solution": "Solution {n}"}
GUEST = {"use.description": "Projet {n}", "structure.finess": "{n:09}"}
PATHS = (
    "use.editor",
    "use.solution",
    "use.description",
    "structure.finess",
    "representative.phone",
    "types.ssl_domain",
    "types.ssl_server",
    "types.pro_mail_domain",
)


def people(count: int) -> list[Account]:
    """Accounts without a card."""
    at = timezone.now()
    return Account.objects.bulk_create(
        Account(
            display_name=f"P{n}", email=f"p{n}@sante.fr", created_at=at, password=f"!unusable{n}"
        )
        for n in range(count)
    )


def prepare() -> list[dict[str, int]]:
    """Sixty drafts, an owner and a guest each; what each person will do."""
    at, known = timezone.now(), people(2 * DRAFTS)
    rows = Dossier.objects.bulk_create(
        Dossier(
            number=FIRST + n,
            owner_id=known[n].pk,
            siret=dossiers.AGENCY,
            company=dossiers.COMPANY,
            draft={"texts": {"siret": dossiers.AGENCY}, "rows": {}},
            created_at=at,
            saved_at=at,
            active_at=at,
        )
        for n in range(DRAFTS)
    )
    Participation.objects.bulk_create(
        Participation(
            dossier=row,
            email="guest@sante.fr",
            token_sha256=f"{n:064}",
            account_id=known[DRAFTS + n].pk,
            invited_by="test",
            invited_at=at,
            expires_at=at,
            accepted_at=at,
        )
        for n, row in enumerate(rows)
    )
    return [
        {"n": n, "account": known[n + shift].pk, "guest": int(shift > 0)}
        for n in range(DRAFTS)
        for shift in (0, DRAFTS)
    ]


def save(job: dict[str, int], ready: threading.Event) -> int:
    """One person saves their own fields through the portal."""
    try:
        browser = Client(HTTP_HOST="localhost")
        browser.force_login(Account.objects.get(pk=job["account"]), backend=BACKEND)
        session = browser.session
        session[BY] = "account"
        session.save()
        ready.wait()
        texts = GUEST if job["guest"] else OWNER
        changes = {path: text.format(n=job["n"]) for path, text in texts.items()}
        answer = browser.post(
            f"/habilitations/dossiers/{FIRST + job['n']}/enregistrer/",
            {"changes": changes, "version": 0},
            content_type="application/json",
            secure=True,
            headers={"accept": "application/json"},
        )
        return answer.status_code
    finally:
        connection.close()


def work(jobs: list[dict[str, int]]) -> None:
    """A process: its jobs, in threads that begin together."""
    ready = threading.Event()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [pool.submit(save, job, ready) for job in jobs]
        ready.set()
        codes = [answer.result() for answer in answers]
    sys.exit(0 if set(codes) == {200} else f"answers: {sorted(set(codes))}")


def sixty_drafts() -> list[str]:
    """What is missing once the processes have saved everything."""
    jobs, forks = prepare(), multiprocessing.get_context("fork")
    connections.close_all()  # each process has its own
    children = [
        forks.Process(target=work, args=(jobs[place::PROCESSES],)) for place in range(PROCESSES)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    faults = [f"process: {child.exitcode}" for child in children if child.exitcode != 0]
    for n, row in enumerate(Dossier.objects.filter(number__gte=FIRST).order_by("number")):
        wanted = {path: text.format(n=n) for path, text in {**OWNER, **GUEST}.items()}
        kept = row.draft["texts"]
        faults += [f"{row.number} {path}" for path in wanted if kept.get(path) != wanted[path]]
        faults += [f"{row.number} version {row.version}"] if row.version != 2 else []
    return faults


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, all begun together; their answers, or why not."""
    ready = threading.Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        try:
            ready.wait()
            return act()
        except Refusal as refusal:
            return refusal.code.value
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def one_draft_by_eight() -> list[str]:
    """Each writes another path of the same draft."""
    by = actor_of(people(1)[0], None, "account")
    number = dossiers.begin_draft(by)

    def saving(path: str) -> Callable[[], object]:
        return lambda: drafting.save(
            number=number, changes={path: f"texte de {path}"}, by=by, at=timezone.now()
        )

    at_once(*map(saving, PATHS))
    form, version = dossiers.typed(number), dossiers.row(number).version
    faults = [path for path in PATHS if form.get(path) != f"texte de {path}"]
    return faults if version == len(PATHS) else [*faults, f"version {version}"]


def rows_at_once() -> list[str]:
    """Six rows of the same block, none in the place of another."""
    by = actor_of(people(1)[0], None, "account")
    number = dossiers.begin_draft(by)

    def adding() -> object:
        return drafting.add_row(number=number, block=ADMINISTRATORS, by=by, at=timezone.now())

    added = set(at_once(*[adding] * 6))
    return [str(row) for row in added - set(dossiers.typed(number).ids(ADMINISTRATORS))]


def one_deposit_of_four() -> list[str]:
    """The first deposits, the others have nothing to deposit."""
    by = actor_of(people(1)[0], None, "account")
    number = dossiers.complete_draft(by)

    def depositing_it() -> object:
        return depositing.deposit(number=number, by=by, at=timezone.now()).n

    answers = sorted(map(str, at_once(*[depositing_it] * 4)))
    return [] if answers == ["1", *["nothing-changed"] * 3] else answers


CASES = (sixty_drafts, one_draft_by_eight, rows_at_once, one_deposit_of_four)
