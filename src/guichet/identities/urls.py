"""Addresses of login and of one's own account on the portal, under /connexion/."""

from django.urls import path

from guichet.identities.providers import ACCOUNT_PROVIDERS, PROVIDERS
from guichet.identities.views import (
    account,
    card_handover,
    confirming,
    joining,
    login,
    openid,
    passwords,
    signing_up,
)

app_name = "identities"
urlpatterns = [
    path("", login.choose, name="login"),
    path("fin/", login.end, name="logout"),
    path("confirmer/", confirming.ask_again, name="ask-again"),
    path("session/", confirming.go_on, name="go-on"),
    path("carte/", card_handover.begin, name="card"),
    path("carte/retour", card_handover.finish, name="card-return"),
    *(path(f"{key}/", openid.begin, {"key": key}, name=key) for key in PROVIDERS),
    *(
        path(f"{key}/retour", openid.finish, {"key": key}, name=f"{key}-return")
        for key in PROVIDERS
    ),
    *(
        path(f"{one.key}/rattacher/", joining.join, {"key": one.key}, name=f"{one.key}-join")
        for one in ACCOUNT_PROVIDERS
    ),
    path("mot-de-passe/", passwords.enter, name="password"),
    path("oubli/", passwords.forget, name="forgotten"),
    path("oubli/envoye/", passwords.forget_sent, name="forgotten-sent"),
    path("oubli/nouveau/", passwords.reset, name="reset"),
    path("inscription/", signing_up.begin, name="sign-up"),
    path("inscription/envoyee/", signing_up.sent, name="sign-up-sent"),
    path("inscription/confirmer/", signing_up.confirm, name="confirm"),
    path("inscription/renvoi/", signing_up.resend, name="resend"),
    path("compte/", account.show, name="account"),
    path("compte/sessions/<int:session_id>/fermer/", account.end_session, name="session-end"),
    path("compte/premiers-pas/", account.close_first_visit, name="first-visit-close"),
    path("compte/identite/", account.describe, name="account-identity"),
    path("compte/mot-de-passe/", account.change_password, name="account-password"),
    path("compte/adresse/", account.change_address, name="account-address"),
    path("compte/carte/", account.attach_card, name="account-card"),
    path("compte/carte/retirer/", account.detach_card, name="card-detach"),
    path("compte/adresse/confirmer/", account.confirm_address, name="address-confirm"),
    *(
        path(
            f"compte/{one.key}/retirer/", account.unlink, {"key": one.key}, name=f"{one.key}-unlink"
        )
        for one in ACCOUNT_PROVIDERS
    ),
]
