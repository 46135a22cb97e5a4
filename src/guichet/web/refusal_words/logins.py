"""Words for cards and logins."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TRY_AGAIN: Final = _("Recommencez la connexion depuis le début.")

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.CARD_ABSENT: RefusalText(
        401,
        _("Aucune carte présentée"),
        _("Votre navigateur n’a présenté aucun certificat de carte."),
        _("Insérez la carte, puis recommencez ; au besoin, fermez et rouvrez le navigateur."),
    ),
    Code.CARD_UNTRUSTED: RefusalText(
        403,
        _("Carte non reconnue"),
        _("Le certificat présenté ne vient pas d’une autorité dont nous acceptons les cartes."),
        _("Choisissez le certificat de votre carte CPx quand le navigateur le demande."),
    ),
    Code.CARD_NOT_A_CARD: RefusalText(
        403,
        _("Ce certificat n’est pas celui d’une carte"),
        _("Le certificat présenté est authentique, mais ce n’est pas un certificat de carte CPx."),
        _("Choisissez le certificat d’authentification de votre carte."),
    ),
    Code.CARD_EXPIRED: RefusalText(
        403,
        _("Carte expirée"),
        _("Le certificat de votre carte n’est plus valable."),
        _("Employez votre nouvelle carte, puis demandez une nouvelle habilitation (F413)."),
    ),
    Code.CARD_NOT_YET_VALID: RefusalText(
        403,
        _("Carte pas encore valable"),
        _("Le certificat de votre carte n’est pas encore entré en vigueur."),
        _("Attendez la date de début, ou employez votre carte actuelle."),
    ),
    Code.CARD_REVOKED: RefusalText(
        403,
        _("Carte révoquée"),
        _("Le certificat de votre carte a été révoqué ; l’accès est fermé."),
        _("Employez une carte en cours de validité. Si c’est une erreur, écrivez à l’émetteur."),
    ),
    Code.CARD_STATUS_UNAVAILABLE: RefusalText(
        503,
        _("État de la carte indisponible"),
        _("Nous ne pouvons pas vérifier en ce moment que votre carte n’a pas été révoquée."),
        _("Réessayez dans quelques minutes."),
    ),
    Code.CARD_UNKNOWN: RefusalText(
        403,
        _("Carte inconnue du guichet"),
        _("Votre carte est authentique, mais aucun compte ne lui correspond."),
        _("Demandez au représentant de votre structure de vous désigner (F413)."),
    ),
    Code.ACCOUNT_UNKNOWN: RefusalText(
        403,
        _("Compte inconnu du guichet"),
        _("Votre identité e-CPS est vérifiée, mais aucun compte ne lui correspond."),
        _("Demandez au représentant de votre structure de vous désigner (F413)."),
    ),
    Code.LOGIN_TICKET_INVALID: RefusalText(
        403,
        _("Connexion interrompue"),
        _("Ce passage de connexion a expiré, a déjà servi ou vient d’un autre navigateur."),
        TRY_AGAIN,
    ),
    Code.LOGIN_OIDC_FAILED: RefusalText(
        403,
        _("Connexion e-CPS refusée"),
        _("La réponse du fournisseur d’identité n’a pas pu être acceptée."),
        TRY_AGAIN,
    ),
    Code.LOGIN_OIDC_UNAVAILABLE: RefusalText(
        503,
        _("Connexion e-CPS indisponible"),
        _("Le fournisseur d’identité ne répond pas."),
        _("Réessayez dans quelques minutes, ou connectez-vous par carte."),
    ),
    Code.LOGIN_REQUIRED: RefusalText(
        401,
        _("Connexion nécessaire"),
        _("Il faut être connecté pour aller plus loin."),
        _("Connectez-vous par carte ou e-CPS ; l’API demande un certificat de carte."),
    ),
    Code.API_CARD_REQUIRED: RefusalText(
        401,
        _("L’API demande un certificat de carte"),
        _("Ce port ne reçoit pas de certificat client ; l’API vous attend à %(address)s."),
        _("Recommencez à cette adresse, en présentant le certificat de votre carte."),
    ),
}
