"""What production asks to confirm, in words, before an order leaves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.orders.forms import CsrForm
from guichet.web.environments import is_test
from guichet.web.forms import RefusalFormMixin


class ProductionForm(RefusalFormMixin, forms.Form):
    """What is confirmed before an order leaves in production; nothing to confirm in TEST."""

    in_production = forms.BooleanField(
        label=_(
            "Je demande un certificat de PRODUCTION, qui engage la structure et que les services "
            "réels accepteront."
        ),
        error_messages={"required": _("Confirmez que vous demandez un certificat de PRODUCTION.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_test():
            del self.fields["in_production"]


class OrderForm(CsrForm, ProductionForm):
    """Step 4: the request and, in production, the confirmation."""
