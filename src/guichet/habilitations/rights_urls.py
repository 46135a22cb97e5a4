"""Addresses of rights, card renewals, delegations and domains."""

from django.urls import URLPattern, path, register_converter

from guichet.habilitations.views import delegations, domains, editors, renewals, structures


class VerbConverter:
    """A verb of structures.VERBS."""

    regex = "|".join(structures.VERBS)

    def to_python(self, value: str) -> str:
        """The verb itself."""
        return value

    def to_url(self, value: str) -> str:
        """The verb itself."""
        return value


register_converter(VerbConverter, "right_verb")

ONE = "structures/<str:national_id>/"
urlpatterns: list[URLPattern] = [
    path("structures/", structures.show_structures, name="structures"),
    path(ONE, structures.show_structure, name="structure"),
    path(f"{ONE}depart/", structures.structure_leaves, name="structure-departure"),
    path(
        f"{ONE}cartes/<str:card_number>/depart/", structures.administrator_leaves, name="departure"
    ),
    path(f"{ONE}droits/<uuid:key>/", structures.show_right, name="right"),
    path(f"{ONE}droits/<uuid:key>/restreindre/", structures.narrow_right, name="right-narrow"),
    path(
        f"{ONE}droits/<uuid:key>/<right_verb:verb>/", structures.change_right, name="right-change"
    ),
    path(f"{ONE}domaines/", domains.show_domains, name="domains"),
    path(f"{ONE}domaines/<int:pk>/verifier/", domains.check_domain, name="domain-check"),
    path(f"{ONE}delegations/", delegations.show_delegations, name="delegations"),
    path(f"{ONE}delegations/nouvelle/", delegations.delegate, name="delegate"),
    path("delegations/<int:pk>/", delegations.show_delegation, name="delegation"),
    path("delegations/<int:pk>/accepter/", delegations.accept, name="delegation-accept"),
    path("delegations/<int:pk>/terminer/", delegations.end, name="delegation-end"),
    path("editeur/", editors.show_editor, name="editor"),
    path("editeur/<str:siret>/cartes/", editors.declare_staff, name="editor-declare"),
    path("editeur/cartes/<int:pk>/retirer/", editors.withdraw_staff, name="editor-withdraw"),
    path("renouvellement/", renewals.show_renewal, name="renewal"),
    path("renouvellements/<str:token>/", renewals.consent, name="renewal-consent"),
]
