"""Forms of ordering and withdrawing: shape only; the rules are the domain's."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations.structures import StructureFacts
from guichet.orders.summaries import KeyOrigin
from guichet.orders.texts import KEY_ORIGINS, OFFERS, USAGES
from guichet.web.forms import RefusalFormMixin

TEXT_AT_MOST: Final = 254
CSR_FILE_AT_MOST: Final = 64 * 1024
SEARCHED_AT_MOST: Final = 1024 * 1024


class OfferForm(RefusalFormMixin, forms.Form):
    """Step 1: offer and structure, within the rights of the card."""

    answers = {"offer": "quelle-offre-choisir"}

    offer = forms.ChoiceField(
        label=_("Offre"),
        widget=forms.RadioSelect,
        help_text=_("Ce que le certificat désignera. Seules vos offres habilitées sont proposées."),
        error_messages={"required": _("Choisissez une offre.")},
    )
    structure_id = forms.ChoiceField(
        label=_("Structure"),
        widget=forms.RadioSelect,
        help_text=_("La personne morale à laquelle le certificat sera rattaché."),
        error_messages={
            "required": _("Choisissez une structure."),
            "invalid_choice": _("Choisissez une structure de la liste."),
        },
    )

    def __init__(
        self, *args: Any, offers: Sequence[str], structures: Sequence[StructureFacts], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].choices = [(o, OFFERS[Offer(o)]) for o in offers]  # type: ignore[attr-defined]
        self.fields["structure_id"].choices = [(s.national_id, s.label) for s in structures]  # type: ignore[attr-defined]


class StructureSearchForm(forms.Form):
    """The search of step 1."""

    national_id = forms.CharField(
        label=_("Identifiant national structure"),
        required=False,
        max_length=30,
        help_text=_("Tout ou partie de l’identifiant. Exemple : 10B0135356."),
    )
    legal_name = forms.CharField(
        label=_("Raison sociale"),
        required=False,
        max_length=100,
        help_text=_("Un mot du nom suffit."),
    )


class InformationForm(RefusalFormMixin, forms.Form):
    """Step 3: usage, whom the product is for, and whom to write to."""

    answers = {
        "usage": "quel-usage-choisir",
        "service": "nom-du-service",
        "actor_email": "a-qui-ecrire",
    }

    usage = forms.ChoiceField(
        label=_("Usages"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez un usage.")},
        help_text=_("Ce que le certificat permettra de faire ; un seul usage par certificat."),
    )
    service = forms.CharField(
        label=_("Service applicatif"),
        max_length=64,
        help_text=_(
            "Nom libre de 64 caractères au plus ; il devient le CN du certificat. Un certificat "
            "par service ; il n’a pas à être égal au client_id de Pro Santé Connect. Pour INSi : "
            "INSI-AUTO ou INSI-MANU, exactement."
        ),
        error_messages={"required": _("Nommez le service applicatif.")},
    )
    fqdn = forms.CharField(
        label=_("Nom de domaine ou de serveur"),
        required=False,
        max_length=253,
        help_text=_("Pour l’usage SSL_SERV. Exemple : nomdeserveur.domaine.fr ou domaine.fr"),
    )
    mail = forms.CharField(
        label=_("Adresse de messagerie"),
        required=False,
        max_length=TEXT_AT_MOST,
        help_text=_("Dans un domaine de messagerie habilité."),
    )
    national_id = forms.CharField(
        label=_("Identifiant national de la personne"),
        max_length=30,
        help_text=_("Un chiffre de type suivi de l’identifiant. Exemple : 8 suivi du numéro RPPS."),
    )
    surname = forms.CharField(
        label=pgettext_lazy("of a person", "Nom"),
        max_length=64,
        help_text=_("Comme sur la carte ou la pièce d’identité de la personne."),
    )
    given_names = forms.CharField(
        label=_("Prénom(s)"),
        max_length=64,
        help_text=_("Dans l’ordre de l’état civil, séparés par des espaces."),
    )
    title = forms.CharField(
        label=_("Titre ou profession"),
        required=False,
        max_length=64,
        help_text=_("Écrit dans le certificat s’il est donné. Exemple : Pharmacien."),
    )
    actor_email = forms.CharField(
        label=_("Email de l’acteur"),
        max_length=TEXT_AT_MOST,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_(
            "Reçoit les courriels de cette demande. Préférez une liste de diffusion : elle "
            "survit aux départs."
        ),
        error_messages={"required": _("Donnez l’adresse qui recevra les courriels.")},
    )
    informed_email = forms.CharField(
        label=_("Email d’une personne à informer"),
        required=False,
        max_length=TEXT_AT_MOST,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Évitez de dépendre d’une boîte nominative."),
    )

    def __init__(self, *args: Any, offer: Offer, usages: Sequence[Usage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usage"].choices = [(u.value, f"{u.value} — {USAGES[u]}") for u in usages]  # type: ignore[attr-defined]
        for name in FIELDS_NOT_OF[offer]:
            del self.fields[name]
        if "mail" in self.fields:
            self.fields["mail"].help_text = MAIL_HINTS[offer]

    @property
    def about(self) -> list[forms.BoundField]:
        """The fields of "Informations de produit"."""
        return [self[name] for name in PRODUCT_FIELDS if name in self.fields]


PRODUCT_FIELDS: Final = (
    "service",
    "fqdn",
    "national_id",
    "surname",
    "given_names",
    "title",
    "mail",
)
PERSON_FIELDS: Final = ("national_id", "surname", "given_names", "title")
FIELDS_NOT_OF: Final = {
    Offer.ORG: ("fqdn", "mail", *PERSON_FIELDS),
    Offer.SERV: ("service", *PERSON_FIELDS),
    Offer.PRO: ("service", "fqdn"),
    Offer.PS: ("service", "fqdn"),
}
MAIL_HINTS: Final = {
    Offer.SERV: _(
        "Pour les usages SMIME, SIGN et CONF, dans un domaine de messagerie habilité. "
        "Exemple : messagerie@domaine.fr"
    ),
    Offer.PRO: _(
        "Écrite dans le certificat si elle est donnée ; dans un domaine de messagerie habilité."
    ),
    Offer.PS: _("Écrite dans le certificat si elle est donnée."),
}


class CsrForm(RefusalFormMixin, forms.Form):
    """A request by file or pasted, or made by the page. The domain alone judges what it holds.

    Without scripts only a CSR that is brought can be sent; the choice is then hidden.
    """

    as_sent = ("csr_text",)
    answers = {
        "key_origin": "creer-la-cle-en-ligne-ou-charger-une-csr",
        "csr_file": "csr-par-openssl",
    }

    key_origin = forms.ChoiceField(
        label=_("Votre CSR"),
        required=False,
        initial="csr",
        choices=KEY_ORIGINS.items(),
        widget=forms.RadioSelect(attrs={"autocomplete": "off"}),
        help_text=_(
            "Dans les deux cas, la clé privée reste chez vous : nous ne recevons que la CSR."
        ),
    )
    csr_file = forms.FileField(
        label=_("Fichier CSR"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csr,.pem,.der,.p10,.req,.txt"}),
        help_text=_("PKCS#10, au format PEM ou DER, 64 ko au plus. Jamais la clé privée."),
    )
    csr_text = forms.CharField(
        label=_("ou texte de la CSR"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "class": "code"}
        ),
        help_text=_("De -----BEGIN CERTIFICATE REQUEST----- à -----END CERTIFICATE REQUEST-----."),
    )

    @property
    def origin(self) -> KeyOrigin:
        """Where the key was made; brought, unless the page says it made it."""
        return "browser" if self.cleaned_data.get("key_origin") == "browser" else "csr"

    def content(self) -> bytes:
        """The bytes given, the file first; a file over the limit is not read further."""
        if self.cleaned_data.get("csr_file") is not None:
            return self._file(CSR_FILE_AT_MOST + 1)
        return self._text()

    def everything(self) -> bytes:
        """File and text, among which a private key may have slipped."""
        return b"\n".join((self._file(SEARCHED_AT_MOST), self._text()))

    def _file(self, size: int) -> bytes:
        upload = self.cleaned_data.get("csr_file")
        if upload is None:
            return b""
        upload.seek(0)
        return bytes(upload.read(size))

    def _text(self) -> bytes:
        return str(self.cleaned_data.get("csr_text") or "").encode()


class WithdrawalForm(RefusalFormMixin, forms.Form):
    """RETIRER: the revocation code twice, terms and policy."""

    answers = {"code": "code-de-revocation"}

    code = forms.CharField(
        label=_("Code de révocation"),
        strip=False,
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "De 8 à 64 caractères. Il permet de révoquer sans carte ; nous n’en gardons qu’une "
            "empreinte : notez-le."
        ),
        error_messages={"required": _("Choisissez un code de révocation.")},
    )
    code_again = forms.CharField(
        label=_("Confirmation du code de révocation"),
        strip=False,
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Saisissez le code une seconde fois.")},
        help_text=_("Le même, pour écarter une faute de frappe."),
    )
    terms = forms.BooleanField(
        label=_("J’ai lu et j’accepte les conditions générales d’utilisation."),
        error_messages={"required": _("Acceptez les conditions pour retirer le certificat.")},
    )
    policy = forms.BooleanField(
        label=_("J’ai lu et j’accepte la politique de certification."),
        error_messages={"required": _("Acceptez la politique pour retirer le certificat.")},
    )
