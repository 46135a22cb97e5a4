"""Something of everything happens, so that every page has something to show."""

from collections.abc import Callable
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.automation.machines.conftest import ASKED as MACHINE
from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as instruction
from apps.habilitations.rights_kit import EDITOR_SIRET, END, know_card
from apps.orders.counter import HOSPITAL, csr_pem, withdrawn
from apps.orders.ends import ends_in
from apps.walk.town import Town, at, codes, links_of, mailed, zipped
from guichet.habilitations.registers import register
from guichet.orders.operations import incident_preparing as preparing

GROUPS = "/produits/demander/groupe/"
ACCESS = "/gestion/acces/"
LONG = "Un nom de service aussi long qu’il est permis de l’écrire ici"
WHY = "Le signataire est arrêté et personne d’autre ne répond."


def build(town: Town) -> None:
    """Make everything happen."""
    for part in PARTS:
        part(town)


def _orders(town: Town) -> None:
    """Orders at every step, a product in service, one that ends, one revoked, one renewed."""
    sophie = town.people["sophie"]
    ended, revoked = (withdrawn(sophie, town.sign) for _one in range(2))
    ends_in(ended, 20)
    sophie.orders(service=LONG)
    town.sign()
    sophie.orders(service="En attente")
    town.from_here("sophie", f"/produits/suivre/parc/{revoked}/")
    for step in ("1/", "2/", "3/", "4/"):
        town.from_here("sophie", sophie.to_step_4() + step)
    base = sophie.to_step_4()
    town.from_here("sophie", town.send("sophie", f"{base}4/", csr_text=csr_pem()))
    town.from_here("sophie", f"/produits/suivre/parc/{ended}/renouveler/")
    town.send("sophie", f"/produits/suivre/parc/{ended}/etiquettes/", labels="urgences, bloc")
    confirm = f"/produits/revoquer/{revoked}/confirmer/?motif=theft"
    town.walk.answered("sophie", confirm, sophie.get(confirm))
    town.from_here("sophie", town.send("sophie", confirm, confirmed="on"))


def _groups(town: Town) -> None:
    """A group at its lines, one with its requests, one placed, one to withdraw."""
    typed = {"kind": "services", "profile": "ORG/AUTH_CLI", "structure_id": HOSPITAL}
    for reached in range(4):
        lines = town.send("sophie", f"{GROUPS}nouveau/", actor_email="a@hopital.fr", **typed)
        base = lines.removesuffix("lignes/")
        town.from_here("sophie", lines, base, f"{base}csr/", f"{base}retirer/")
        if reached:
            file = SimpleUploadedFile("lignes.csv", b"service\nAccueil\nBloc")
            town.shown("sophie", lines, acte="file", lines_file=file)
        if reached > 1:
            archive = {f"{name}.csr": csr_pem() for name in ("Accueil", "Bloc")}
            town.shown("sophie", f"{base}csr/", archive=zipped(archive))
        if reached > 2:
            town.send("sophie", f"{base}envoyer/")
            town.sign()


def _machines(town: Town) -> None:
    """An account with each kind of secret, a webhook, a service associated with a certificate."""
    account = town.send("sophie", "/automates/nouveau/", **MACHINE)
    for kind in ("jeton", "cle-acme", "secret-est"):
        town.shown("sophie", f"{account}acces/{kind}/", once=kind, label="web-01")
    hook = {
        "pour": f"{HOSPITAL}|",
        "topics": ["order.available", "product.revoked"],
        "label": "Supervision",
        "contact_email": "si@hopital.fr",
        "once": "un",
        "url": "https://supervision.hopital.fr/guichet",
    }
    town.shown("sophie", "/automates/webhooks/nouveau/", **hook)
    for page in links_of(town, "sophie", "/automates/webhooks/", r"/automates/webhooks/[\w-]{36}/"):
        town.send("sophie", f"{page}essayer/")
        town.from_here("sophie", page, f"{page}modifier/", f"{page}cle/", f"{page}supprimer/")
    service = {
        "structure": HOSPITAL,
        "client_id": "hopital-dpi",
        "name": "Dossier patient",
        "contact_email": "si@hopital.fr",
        "redirect_uris": "https://dpi.hopital.fr/retour",
        "post_logout_redirect_uris": "",
    }
    product = withdrawn(town.people["sophie"], town.sign)
    page = town.send("sophie", "/associations/declarer/", **service)
    town.send("sophie", f"{page}associer/", product=str(product))
    town.from_here("sophie", page)
    town.send("sophie", "/essais/", kind="expired")


def _dossiers(town: Town) -> None:
    """Dossiers of the deck in every state, with messages and invitations."""
    denise, ines = town.people["denise"], town.people["instructor"]
    draft = dossiers.begin_draft(denise.actor)
    town.send("denise", at(draft, "partage/"), invite="1", **{"invite-email": "paul@a.test"})
    town.from_here("denise", at(draft), at(draft, "formulaire/"), at(draft, "partage/"))
    town.from_here("denise", at(draft, "demande/"), at(draft, "siret/"))
    town.from_here("denise", f"/habilitations/siret/{dossiers.HOSPITAL}/")
    town.from_here("paul", *mailed(r"/habilitations/invitations/[\w:-]+/"))
    made = [dossiers.deposited(denise.actor) for _one in range(6)]
    waiting, taken, wrong, refused, accepted, _other = made
    for number in made[1:5]:
        instruction.take(number, ines.actor)
    instruction.ask(wrong, ines.actor)
    instruction.decide(refused, ines.actor, "refuse")
    instruction.decide(accepted, ines.actor)
    asked = {"body": "Faut-il joindre un Kbis ?", "token": ""}
    town.people["denise"].post(at(taken, "messagerie/"), asked)
    for number in made:
        town.from_here("denise", at(number), at(number, "merci/"), at(number, "messagerie/"))
        town.from_here("instructor", instruction.at(number))
    for act in ("correction", "accepter", "refuser", "classer", "historique"):
        town.from_here("instructor", instruction.at(taken, f"{act}/"))
    town.from_here("supervisor", instruction.at(refused, "rouvrir/"))
    town.from_here("", *(f"/habilitations/verifier/{code}/" for code in codes()))
    batch = {"acte": "take", "numero": [str(waiting), str(made[5])]}
    town.shown("instructor", "/gestion/dossiers/lot/", **batch)
    town.from_here("", *mailed(r"/habilitations/(?:confirmations|reprises)/[\w:-]+/"))


def _rights(town: Town) -> None:
    """A delegation, a trial, and a structure that people leave."""
    town.send("sophie", "/habilitations/essai/", name="Éditeur Durand", label="Durand")
    place = f"/habilitations/structures/{HOSPITAL}/"
    town.from_here("jean", f"{place}delegations/nouvelle/")
    day = timezone.localdate()
    until = (day + timedelta(days=30)).isoformat()
    asked = {"offers": ["ORG"], "starts_on": day.isoformat(), "ends_on": until}
    form = f"{place}delegations/nouvelle/?siret={EDITOR_SIRET}"
    town.from_here("jean", form)
    for press in ("accepter/", ""):
        given = town.send("jean", form, **asked)
        town.from_here("jean", given)
        town.from_here("eve", given)
        if press:
            town.send("eve", f"{given}{press}")
    know_card(register(), "2800999991", "COLLABORATRICE", "PIA", "899700999991", END)
    card = {"card_number": "2800999991", "name": "Pia COLLABORATRICE", "email": "pia@editeur.fr"}
    town.send("eve", f"/habilitations/editeur/{EDITOR_SIRET}/cartes/", **card)


def _incidents(town: Town) -> None:
    """An incident that was searched and proposed, a request to sign that was set aside."""
    new = f"/gestion/incidents/nouveau/?structure_id={HOSPITAL}"
    case = town.send("operator", new, title="Rapport du 25")
    preparing.search_incidents(timezone.now())
    town.from_here("operator", case, f"{case}proposer/", f"{case}impact/", f"{case}certificats/")
    other = town.send("operator", new, title="Rapport du 26")
    preparing.search_incidents(timezone.now())
    page = town.people["operator"].get(other)
    count = str(page.context["incident"].found)
    typed = {"reason": "keyCompromise", "text": "", "due_on": "", "count": count}
    town.send("operator", f"{other}proposer/", **typed)
    town.from_here("operator", other)
    town.from_here("second", f"{other}decider/")


def _access(town: Town) -> None:
    """Roles asked for, an emergency and its review, a review of accesses."""
    support = town.people["support"].account.public_id
    asked = {"role": "instructor", "why": "Elle arrive lundi."}
    town.send("operator", f"{ACCESS}personnes/{support}/donner/", **asked)
    review = town.send("operator", f"{ACCESS}revues/commencer/")
    town.from_here("operator", review)
    town.from_here("supervisor", f"{ACCESS}demandes/", review)
    town.send("operator", f"{ACCESS}urgences/ouvrir/", role="support", why=WHY)
    town.from_here("supervisor", f"{ACCESS}urgences/")


def _texts(town: Town) -> None:
    """Texts written and not yet in force, an announcement above every page."""
    text = "Objet : Demande {{ order.number }}\n\nBien reçu : {{ order.usage }}.\n"
    mail = "/gestion/textes/courriers/orders/taken/fr/"
    written = {"text": text, "note": "Plus court"}
    town.shown("operator", f"{mail}ecrire/", acte="apercu", **written)
    tried = town.people["operator"].post(f"{mail}ecrire/", {"acte": "essai", **written})
    town.walk.answered("operator", f"{mail}ecrire/", tried)
    version = town.send("operator", f"{mail}ecrire/", acte="garder", **written)
    town.from_here("operator", version, mail, f"{mail}origine/")
    town.from_here("supervisor", version)
    terms = {
        "number": "2027-02",
        "in_force_from": (timezone.localdate() + timedelta(days=40)).isoformat(),
        "text_fr": "# Objet\n\nNeuf.",
        "text_en": "# Purpose\n\nNew.",
        "changes_fr": "Tout.",
        "changes_en": "All.",
    }
    page = "/gestion/textes/conditions/terms/ecrire/"
    town.shown("operator", page, acte="apercu", **terms)
    town.from_here("operator", town.send("operator", page, acte="garder", **terms))
    told = {
        "level": "maintenance",
        "audience": "everybody",
        "scope": "all",
        "title_fr": "Arrêt samedi",
        "title_en": "Closed on Saturday",
        "text_fr": "De 8 h à 10 h.",
        "text_en": "From 8 to 10.",
        "ends_at": "",
        "starts_at": (timezone.localtime() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
    }
    new = "/gestion/textes/annonces/nouvelle/"
    town.shown("operator", new, acte="apercu", **told)
    town.send("operator", new, acte="garder", **told)
    town.from_here("", "/annonces/")


def _troubles(town: Town) -> None:
    """Pages that say no: there is nothing there, or it is not for this person."""
    for name, path in (("", "/nulle-part/"), ("sophie", "/gestion/")):
        answer = town.browsers[name].get(path, secure=True)
        town.walk.keep(name, path, str(answer.status_code), answer)


PARTS: tuple[Callable[[Town], None], ...] = (
    _orders,
    _groups,
    _machines,
    _dossiers,
    _rights,
    _incidents,
    _access,
    _texts,
    _troubles,
)
