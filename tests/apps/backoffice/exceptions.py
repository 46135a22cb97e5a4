"""What the counts of views leave out, each with its reason."""

from __future__ import annotations

STATE = "what it acts on takes a state that its own tests make"
ABSENT = "answers that there is nothing there, whoever asks"
PROVIDER = "comes from a provider of identities, which its own tests play"
MAIL = "enters by the link of an e-mail that its own tests write"
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
# Routes of which a refusal is counted.
REFUSED: dict[str, str] = {
    "acme/certificate/<uuid:key>/<int:rank>": "another chain, where an authority crossed",
    "acme/renewal-info": ABSENT,
    "api/v1/": ABSENT,
    "card: .well-known/est/(?P<rest>.*)$": ABSENT,
    "card: .well-known/est/<str:label>/fullcmc": ABSENT,
    "card: .well-known/est/<str:label>/serverkeygen": ABSENT,
    "card: .well-known/est/fullcmc": ABSENT,
    "card: .well-known/est/serverkeygen": ABSENT,
    "card: carte/connexion": "a card is shown there over TLS, by its own tests",
    "connexion/carte/retour": "comes back from a card shown over TLS, by its own tests",
    "connexion/compte/carte/": "a card was shown over TLS just before, by its own tests",
    "connexion/ecps/": PROVIDER,
    "connexion/ecps/retour": PROVIDER,
    "connexion/franceconnect/": PROVIDER,
    "connexion/franceconnect/rattacher/": PROVIDER,
    "connexion/franceconnect/retour": PROVIDER,
    "connexion/proconnect/": PROVIDER,
    "connexion/proconnect/rattacher/": PROVIDER,
    "connexion/proconnect/retour": PROVIDER,
    "courriers/<uuid:key>/<int:rank>/": STATE,
    "gestion/acces/personnes/<uuid:person>/sessions/<int:session_id>/fermer/": STATE,
    "gestion/acces/revues/<int:number>/terminer/": STATE,
    "gestion/acces/revues/commencer/": "one review at a time",
    "gestion/dossiers/<int:number>/approbation/": STATE,
    "gestion/incidents/<int:number>/relancer/": STATE,
    "gestion/incidents/<int:number>/renouvellement/": STATE,
    "habilitations/dossiers/<int:number>/abandonner/": STATE,
    "habilitations/etablissement/<int:number>/": PROVIDER,
    "habilitations/etablissement/<int:number>/reponse/": STATE,
    "habilitations/renouvellement/": STATE,
    "habilitations/renouvellements/<str:token>/": MAIL,
    "habilitations/reprises/<str:token>/": MAIL,
    "produits/suivre/parc/<int:number>/preuve/": "a key signs there, in a browser",
    "readyz": "no signer runs: it says what does not answer",
}
# Ports whose process has no database, nor have their tests: pytest-django would refuse it.
UNCOUNTED = ("bench: ", "provider: ")
