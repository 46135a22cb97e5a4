"""What people type in forms that ask for more than a press."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.automation.machines.conftest import ASKED as MACHINE
from apps.backoffice.conftest import STAFF
from apps.habilitations import dossiers
from apps.identities.applicants import EMAIL, OTHER_PASSWORD, PASSWORD, SIGN_UP
from apps.orders.counter import CODE, HOSPITAL, csr_pem
from apps.walk.happenings import WHY
from guichet.habilitations.models import Dossier
from guichet.identities.models import Account
from guichet.orders.models import Product

REASON = {"reason": WHY}
NEW = {"password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD}
ADDRESS = "https://autre.hopital.fr/guichet"
PDF = b"%PDF-1.7\n%%EOF\n"


def typed() -> dict[str, dict[str, Any]]:
    """By route, or route and button: what is typed over what the form holds; bytes are a file."""
    return {
        **_accounts(),
        **_habilitations(),
        **_orders(),
        **_staff(),
        "associations/declarer/": {
            "client_id": "hopital-autre",
            "redirect_uris": "https://autre.hopital.fr/retour",
        },
        "automates/nouveau/": {**MACHINE, "name": "Autres serveurs"},
        "automates/webhooks/nouveau/": {"url": ADDRESS},
    }


def _accounts() -> dict[str, dict[str, Any]]:
    return {
        "connexion/mot-de-passe/": {"email": EMAIL, "password": PASSWORD},
        "connexion/oubli/": {"email": EMAIL},
        "connexion/franceconnect/rattacher/": {"password": PASSWORD},
        "connexion/proconnect/rattacher/": {"password": PASSWORD},
        "connexion/oubli/nouveau/": NEW,
        "connexion/inscription/": {**SIGN_UP, "email": "autre@clinique.test"},
        "connexion/inscription/confirmer/": {"password": PASSWORD},
        "connexion/compte/identite/": {"phone": "01 02 03 04 06"},
        "connexion/compte/mot-de-passe/": {"current_password": PASSWORD, **NEW},
        "connexion/compte/adresse/": {"current_password": PASSWORD},
    }


def _habilitations() -> dict[str, dict[str, Any]]:
    folder = "habilitations/structures/<str:national_id>/"
    card = {"card_number": "2800999992", "name": "Pia AUTRE", "email": "pia@editeur.fr"}
    form = "habilitations/dossiers/<int:number>/formulaire/"
    return {
        "habilitations/siret/": {"siret": dossiers.HOSPITAL},
        "habilitations/dossiers/<int:number>/siret/": {"siret": dossiers.HOSPITAL},
        "habilitations/dossiers/<int:number>/pieces/": {"kind": "supporting", "upload": PDF},
        form: {"use.solution": "Un autre logiciel"},
        f"{form} POST _attach=mandate": {"_mandate": PDF},
        f"{form} POST _attach=supporting": {"_supporting": PDF},
        f"{folder}delegations/nouvelle/": {"offers": ["ORG"]},
        f"{folder}droits/<uuid:key>/restreindre/": {"usages": ["SIGN"]},
        "habilitations/editeur/<str:siret>/cartes/": card,
        "habilitations/essai/": {"name": "Éditeur Martin", "label": "martin"},
    }


def _orders() -> dict[str, dict[str, Any]]:
    group = "produits/demander/groupe/"
    owner = {"owner_name": "Le bloc", "owner_email": "bloc@hopital.fr"}
    product = Product.objects.filter(revoked_at=None).earliest("number")
    return {
        "produits/demander/<uuid:key>/4/": {"csr_text": csr_pem()},
        f"{group}nouveau/": {"structure_id": HOSPITAL},
        f"{group}<uuid:key>/lignes/": {"lines_file": b"service\nAccueil\nBloc"},
        f"{group}<uuid:key>/csr/": {"archive": _archive()},
        "produits/retirer/<int:number>/": {"code": CODE, "code_again": CODE},
        "produits/retirer/<int:number>/nouvelle-cle/": {"csr_text": csr_pem()},
        "produits/revoquer/code/": {"which": str(product.number), "code": CODE},
        "produits/suivre/parc/": {"produit": str(product.number), "tag": "bloc"},
        "produits/suivre/parc/<int:number>/etiquettes/ POST acte=owner": owner,
        "produits/suivre/parc/vues/": {"name": "Autre vue"},
    }


def _staff() -> dict[str, dict[str, Any]]:
    dossier = "gestion/dossiers/<int:number>/"
    supervisor = Account.objects.get(national_id=STAFF["supervisor"][2])
    starts = timezone.localdate() + timedelta(days=40)
    filed = Dossier.objects.filter(state="filed").latest("number")
    terms = {
        "number": "2027-03",
        "in_force_from": starts.isoformat(),
        "text_fr": "# Objet\n\nAutre.",
    }
    keys = {"keys_file": b"00" * 32, "source": "Rapport"}
    number = {"count": "7"}
    return {
        f"{dossier}attribuer/": {"to": str(supervisor.pk)},
        f"{dossier}classer/": REASON,
        f"{dossier}refuser/": REASON,
        f"{dossier}rouvrir/": REASON,
        f"{dossier}correction/": REASON,
        "gestion/dossiers/lot/": {"acte": "take", "numero": [str(filed.number)]},
        "gestion/profils/<slug:name>/simuler/": {"structure_id": HOSPITAL},
        "gestion/incidents/cles/": keys,
        "gestion/incidents/nouveau/": {"structure_id": HOSPITAL},
        "gestion/incidents/<int:number>/proposer/": number,
        "gestion/incidents/<int:number>/decider/": number,
        "gestion/acces/personnes/<uuid:person>/donner/": {"role": "operator"},
        "gestion/textes/conditions/<slug:kind>/ecrire/": terms,
    }


def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in ("Accueil", "Bloc"):
            archive.writestr(f"{name}.csr", csr_pem())
    return written.getvalue()
