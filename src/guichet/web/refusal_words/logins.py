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
    Code.CERTIFICATE_OF_TWIN: RefusalText(
        403,
        _("Certificat d’un autre environnement"),
        _("Certificat de %(presented)s présenté à un service de %(here)s."),
        _("Choisissez un certificat de cet environnement, ou allez au service de l’autre."),
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
        _("Votre identité est vérifiée, mais aucun compte ouvert ne lui correspond."),
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
        _("Connexion refusée"),
        _("La réponse du fournisseur d’identité n’a pas pu être acceptée."),
        TRY_AGAIN,
    ),
    Code.LOGIN_OIDC_UNAVAILABLE: RefusalText(
        503,
        _("Fournisseur d’identité indisponible"),
        _("Le fournisseur d’identité ne répond pas."),
        _("Réessayez dans quelques minutes, ou connectez-vous d’une autre façon."),
    ),
    Code.LOGIN_REQUIRED: RefusalText(
        401,
        _("Connexion nécessaire"),
        _("Il faut être connecté pour aller plus loin."),
        _("Connectez-vous au guichet ; l’API demande un certificat de carte."),
    ),
    Code.LOGIN_FAILED: RefusalText(
        403,
        _("Identifiants refusés"),
        _("L’adresse électronique et le mot de passe ne vont pas ensemble."),
        _("Vérifiez les deux, ou demandez un nouveau mot de passe."),
    ),
    Code.LOGIN_LOCKED: RefusalText(
        429,
        _("Connexion suspendue"),
        _(
            "Trop de mots de passe refusés pour cette adresse depuis ce poste ; la connexion "
            "rouvrira dans %(minutes)s minutes au plus."
        ),
        _("Attendez, ou demandez un nouveau mot de passe."),
    ),
    Code.EMAIL_NOT_VERIFIED: RefusalText(
        403,
        _("Adresse à confirmer"),
        _("Ce compte attend que son adresse électronique soit confirmée."),
        _("Suivez le lien reçu par courriel ; au besoin, demandez qu’il vous soit renvoyé."),
    ),
    Code.ACCOUNT_LINK_INVALID: RefusalText(
        403,
        _("Lien sans effet"),
        _("Ce lien a expiré, a déjà servi ou a été remplacé par un plus récent."),
        _("Ouvrez le courriel le plus récent, ou demandez un nouveau lien."),
    ),
    Code.PASSWORD_WRONG: RefusalText(
        403,
        _("Mot de passe refusé"),
        _("Ce n’est pas le mot de passe de ce compte."),
        _("Vérifiez-le, ou demandez un nouveau mot de passe."),
    ),
    Code.PASSWORD_TOO_SHORT: RefusalText(
        422,
        _("Mot de passe trop court"),
        _("Le mot de passe a moins de %(minimum)s caractères."),
        _("Ajoutez des mots : une phrase se retient mieux qu’une suite de signes."),
    ),
    Code.PASSWORD_WEAK: RefusalText(
        422,
        _("Mot de passe trop connu"),
        _("Ce mot de passe est parmi les plus employés, ou n’a que des chiffres."),
        _("Choisissez plusieurs mots sans rapport entre eux."),
    ),
    Code.PASSWORD_SIMILAR: RefusalText(
        422,
        _("Mot de passe trop proche de vous"),
        _("Ce mot de passe ressemble à votre nom ou à votre adresse électronique."),
        _("Choisissez des mots qui ne parlent pas de vous."),
    ),
    Code.PASSWORD_MISMATCH: RefusalText(
        422,
        _("Mots de passe différents"),
        _("Les deux saisies du mot de passe diffèrent."),
        _("Saisissez deux fois le même mot de passe."),
    ),
    Code.IDENTITY_LINKED_ELSEWHERE: RefusalText(
        409,
        _("Identité déjà rattachée"),
        _("Cette identité est déjà rattachée à un autre compte du guichet."),
        _("Connectez-vous avec elle, ou retirez-la d’abord de l’autre compte."),
    ),
    Code.CARD_ATTACHED_ELSEWHERE: RefusalText(
        409,
        _("Carte déjà rattachée"),
        _(
            "Cette carte, ou ce compte, va déjà avec un autre : une carte se rattache à un seul"
            " compte sans carte."
        ),
        _("Détachez-la d’abord, depuis « Mon compte », en vous connectant avec elle."),
    ),
    Code.LAST_WAY_IN: RefusalText(
        409,
        _("Dernier moyen de connexion"),
        _("Sans ce moyen, plus rien n’ouvrirait ce compte."),
        _("Ajoutez d’abord un autre moyen de vous connecter."),
    ),
    Code.TOO_MANY_TRIES: RefusalText(
        429,
        _("Trop de demandes"),
        _("Cette demande a déjà été faite, pour cette adresse ou de ce poste."),
        _("Attendez quelques minutes avant de recommencer ; regardez aussi vos courriels."),
    ),
    Code.API_CARD_REQUIRED: RefusalText(
        401,
        _("L’API demande un jeton ou un certificat"),
        _(
            "Ici, l’API s’ouvre par le jeton d’un automate ; les certificats sont"
            " reçus à %(address)s."
        ),
        _("Envoyez le jeton (Authorization), ou recommencez là avec votre certificat."),
    ),
}
