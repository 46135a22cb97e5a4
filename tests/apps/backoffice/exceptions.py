"""What the counts of views leave out, each with its reason."""

from __future__ import annotations

PREVIEW = "shows what would be done, or the form again with more or less in it"
SESSION = "is kept in the session or in a cookie"
MAIL_TEXT = "gestion/textes/courriers/<slug:app>/<slug:name>/<slug:language>/"
# Routes whose acts do something to each of many things, and ask for each.
FOR_EACH: dict[str, str] = {
    "habilitations/delegations/<int:pk>/terminer/": "ends each right given under it",
    "habilitations/editeur/cartes/<int:pk>/retirer/": "ends each right of the card",
    "habilitations/essai/<int:pk>/prolonger/": "prolongs each right of the trial",
    "habilitations/essai/<int:pk>/terminer/": "ends each right of the trial",
    "habilitations/structures/<str:national_id>/delegations/nouvelle/": "writes to each editor",
    "habilitations/structures/<str:national_id>/depart/": "ends each right of the structure",
    "produits/suivre/echeances/abonnements/": "ends each link above those that one may have",
}
# Routes that refuse when there are ten things already.
LIMITED: dict[str, str] = {
    "api/v1/webhooks": "a structure has ten hooks at most",
    "automates/webhooks/nouveau/": "a structure has ten hooks at most",
    "connexion/oubli/": "letters to one person are paced",
}
# Acts that change no row, though they are not refused, by their method or button.
ONLY_READ: dict[str, str] = {
    "POST acte=apercu gestion/textes/annonces/<int:number>/": PREVIEW,
    "POST acte=apercu gestion/textes/annonces/nouvelle/": PREVIEW,
    "POST acte=apercu gestion/textes/conditions/<slug:kind>/ecrire/": PREVIEW,
    f"POST acte=apercu {MAIL_TEXT}ecrire/": PREVIEW,
    "POST acte=give-up gestion/signatures/preparer/": PREVIEW,
    "POST acte=send-back gestion/signatures/preparer/": PREVIEW,
    "POST annonces/<int:number>/fermer/": SESSION,
    "POST connexion/session/": SESSION,
    "POST gestion/profils/<slug:name>/simuler/": PREVIEW,
    "POST gestion/signatures/preparer/": PREVIEW,
    "POST habilitations/dossiers/<int:number>/siret/": "leads to the page of the company",
    "POST habilitations/siret/": "leads to the page of the company",
    "POST inserer=1 gestion/dossiers/<int:number>/classer/": PREVIEW,
    "POST inserer=1 gestion/dossiers/<int:number>/correction/": PREVIEW,
    "POST inserer=1 gestion/dossiers/<int:number>/refuser/": PREVIEW,
    "POST language=en langue/": SESSION,
    "POST language=fr langue/": SESSION,
    "POST modifier=1 gestion/dossiers/<int:number>/accepter/": PREVIEW,
    "POST modifier=1 gestion/dossiers/<int:number>/classer/": PREVIEW,
    "POST modifier=1 gestion/dossiers/<int:number>/refuser/": PREVIEW,
    "POST theme=auto theme/": SESSION,
    "POST theme=dark theme/": SESSION,
    "POST theme=light theme/": SESSION,
}
# Routes that answer that there is nothing there, whoever asks: it is all they do, and is counted.
ABSENT = frozenset(
    {
        "acme/renewal-info",
        "api/v1/",
        "card: .well-known/est/(?P<rest>.*)$",
        "card: .well-known/est/<str:label>/fullcmc",
        "card: .well-known/est/<str:label>/serverkeygen",
        "card: .well-known/est/fullcmc",
        "card: .well-known/est/serverkeygen",
    }
)
# Ports whose process has no database, nor have their tests: pytest-django would refuse it.
UNCOUNTED = ("bench: ", "provider: ")
