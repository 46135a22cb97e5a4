"""What a person asks of the bench."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.bench.catalogue import SAMPLES
from guichet.bench.server_steps import EVERY, WITHOUT
from guichet.domain.targets import as_host


class ServerForm(forms.Form):
    """A server to call, and what to present to it."""

    host = forms.CharField(
        label=_("Nom ou adresse du serveur"),
        max_length=253,
        help_text=_("Il doit être sur la liste que l’exploitant permet."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65535,
        initial=443,
        help_text=_("443 pour un serveur web."),
    )
    certificate = forms.ChoiceField(
        label=_("Certificat à présenter"),
        initial=EVERY,
        choices=[
            (EVERY, _("Tous, l’un après l’autre")),
            (WITHOUT, _("Aucun")),
            *((sample.slug, sample.name) for sample in SAMPLES.values()),
        ],
        help_text=_("Un bon et plusieurs mauvais : votre serveur doit n’accepter que le bon."),
    )

    def clean_host(self) -> str:
        """As names are compared."""
        host = as_host(self.cleaned_data["host"])
        if host is None:
            raise forms.ValidationError(
                _("Donnez un nom ou une adresse IP, sans https:// ni chemin."), code="host"
            )
        return host

    def samples(self) -> tuple[str, ...]:
        """What is presented in turn."""
        asked = self.cleaned_data["certificate"]
        return (WITHOUT, *SAMPLES) if asked == EVERY else (asked,)
