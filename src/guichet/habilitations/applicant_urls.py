"""Addresses of typing, depositing and sharing a dossier."""

from django.urls import path

from guichet.habilitations.views import (
    company,
    confirming,
    depositing,
    form,
    saving,
    sharing,
    start,
    statistics,
    summary,
)

DOSSIER = "dossiers/<int:number>/"
urlpatterns = [
    path("", start.start, name="start"),
    path("statistiques/", statistics.show_public, name="public-statistics"),
    path("siret/", company.ask_siret, name="siret"),
    path("siret/<str:siret>/", company.show_company, name="company"),
    path(DOSSIER, summary.summary, name="summary"),
    path(f"{DOSSIER}demande/", summary.declaration, name="declaration"),
    path(f"{DOSSIER}siret/", company.ask_siret, name="change-siret"),
    path(f"{DOSSIER}siret/<str:siret>/", company.show_company, name="change-company"),
    path(f"{DOSSIER}formulaire/", form.edit, name="form"),
    path(f"{DOSSIER}enregistrer/", saving.save, name="save"),
    path(f"{DOSSIER}deposer/", depositing.deposit, name="deposit"),
    path(f"{DOSSIER}merci/", depositing.thanks, name="thanks"),
    path(f"{DOSSIER}abandonner/", depositing.abandon, name="abandon"),
    path(f"{DOSSIER}dupliquer/", depositing.clone, name="clone"),
    path(f"{DOSSIER}corbeille/", depositing.trash, name="trash"),
    path(f"{DOSSIER}restaurer/", depositing.restore, name="restore"),
    path(f"{DOSSIER}partage/", sharing.share, name="sharing"),
    path("invitations/<str:token>/", sharing.follow, name="invitation"),
    path("confirmations/<str:token>/", confirming.confirm, name="confirmation"),
]
