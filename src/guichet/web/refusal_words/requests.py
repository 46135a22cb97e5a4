"""Words for certificate requests (CSR) and their keys, and for malformed calls."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

NEW_REQUEST: Final = _("Générez une nouvelle clé et une nouvelle CSR avec la commande proposée.")

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.CSR_MISSING: RefusalText(
        422,
        _("CSR absente"),
        _("Aucune demande de certificat (CSR) n’a été fournie."),
        _("Choisissez un fichier, ou collez le texte de la CSR."),
    ),
    Code.CSR_TOO_LARGE: RefusalText(
        413,
        _("CSR trop volumineuse"),
        _("Une CSR pèse quelques kilo-octets ; ce fichier dépasse la limite de 64 ko."),
        _("Vérifiez que vous avez choisi le bon fichier, dont le nom finit souvent par .csr."),
    ),
    Code.CSR_UNREADABLE: RefusalText(
        422,
        _("CSR illisible"),
        _("Ce contenu n’est pas une demande PKCS#10 complète, en PEM ou en DER."),
        _("Copiez tout le texte, lignes BEGIN et END comprises, ou chargez le fichier."),
    ),
    Code.CSR_SEVERAL: RefusalText(
        422,
        _("Plusieurs CSR dans le même envoi"),
        _("Une demande porte sur un seul certificat, donc sur une seule CSR."),
        _("Gardez la CSR de cette demande et faites une autre demande pour chacune des autres."),
    ),
    Code.CSR_IS_PRIVATE_KEY: RefusalText(
        422,
        _("Ceci est une clé privée : elle est désormais compromise"),
        _(
            "Une clé privée ne doit jamais quitter votre système. Nous ne l’avons pas enregistrée,"
            " mais elle a voyagé : considérez-la comme compromise."
        ),
        _(
            "Détruisez cette clé, générez-en une nouvelle, et n’envoyez que la CSR"
            " (« CERTIFICATE REQUEST »). Si elle sert déjà à un certificat, révoquez-le."
        ),
    ),
    Code.CSR_IS_CERTIFICATE: RefusalText(
        422,
        _("Ceci est un certificat, pas une CSR"),
        _("Le contenu commence par « BEGIN CERTIFICATE » au lieu de « CERTIFICATE REQUEST »."),
        _("Choisissez le fichier de demande, dont le nom finit souvent par .csr."),
    ),
    Code.CSR_SIGNATURE: RefusalText(
        422,
        _("Signature de la CSR incorrecte"),
        _("La CSR ne prouve pas que vous détenez la clé privée (RFC 2986, paragraphe 3)."),
        NEW_REQUEST,
    ),
    Code.CSR_SIGNATURE_ALGORITHM: RefusalText(
        422,
        _("Algorithme de signature refusé"),
        _("La CSR est signée avec un algorithme ancien ou inconnu (%(algorithm)s)."),
        _("Signez-la avec SHA-256 ou mieux : openssl req -new -sha256."),
    ),
    Code.CSR_EXTENSION_FORBIDDEN: RefusalText(
        422,
        _("La CSR demande ce que ce produit n’accorde pas"),
        _("L’extension demandée (%(extension)s) n’est pas prévue pour cet usage."),
        _("Refaites la CSR sans section d’extensions : le guichet pose lui-même les bonnes."),
    ),
    Code.KEY_TYPE: RefusalText(
        422,
        _("Type de clé refusé"),
        _("Cet usage n’accepte pas les clés de type %(kind)s."),
        _("Générez une clé RSA de 2048 bits ou plus, ou une clé P-256 si l’usage l’accepte."),
    ),
    Code.KEY_TOO_SHORT: RefusalText(
        422,
        _("Clé trop courte"),
        _("La clé compte %(bits)s bits ; il en faut au moins %(minimum)s."),
        NEW_REQUEST,
    ),
    Code.KEY_TOO_LONG: RefusalText(
        422,
        _("Taille de clé non prévue"),
        _("La clé compte %(bits)s bits ; cette taille n’est pas prévue pour cet usage."),
        NEW_REQUEST,
    ),
    Code.KEY_EXPONENT: RefusalText(
        422,
        _("Exposant public refusé"),
        _("L’exposant d’une clé RSA doit être impair, d’au moins 65537 et d’au plus 32 bits."),
        NEW_REQUEST,
    ),
    Code.KEY_WEAK: RefusalText(
        422,
        _("Clé faible"),
        _("Un défaut connu permet de retrouver cette clé privée (%(check)s)."),
        _("Détruisez cette clé, mettez à jour le logiciel qui l’a faite, et faites-en une autre."),
    ),
    Code.KEY_SEEN: RefusalText(
        422,
        _("Clé déjà utilisée"),
        _("Cette clé a déjà servi à une demande ; chaque certificat a sa propre clé."),
        NEW_REQUEST,
    ),
    Code.KEY_BURNT: RefusalText(
        422,
        _("Clé privée exposée"),
        _("La clé privée de cette demande nous a été envoyée : elle n’est plus secrète."),
        _("Détruisez cette clé, faites-en une autre et n’envoyez que sa CSR."),
    ),
    Code.KEY_IN_USE: RefusalText(
        422,
        _("Un certificat valable porte cette clé"),
        _("Le certificat de la demande %(order)s porte la clé privée que vous avez envoyée."),
        _("Révoquez-le sans attendre ; s’il n’est pas encore retiré, annulez sa demande."),
    ),
    Code.REQUEST_MALFORMED: RefusalText(
        400,
        _("Demande mal formée"),
        _("Ce qui a été reçu ne respecte pas le format attendu."),
        _("Consultez la description de l’API, puis recommencez."),
    ),
    Code.REQUEST_TOO_LARGE: RefusalText(
        413,
        _("Envoi trop volumineux"),
        _("Ce qui a été envoyé dépasse la taille acceptée."),
        _("Envoyez un fichier plus petit."),
    ),
    Code.IDEMPOTENCY_CONFLICT: RefusalText(
        422,
        _("Clé d’idempotence déjà employée"),
        _("Cette valeur d’Idempotency-Key accompagnait une autre demande."),
        _("Employez une valeur nouvelle pour une demande nouvelle."),
    ),
}
