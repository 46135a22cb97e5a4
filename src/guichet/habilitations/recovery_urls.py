"""Addresses of taking over the dossier of a colleague who left."""

from django.urls import path

from guichet.habilitations.views import recovering

urlpatterns = [
    path("etablissement/", recovering.show, name="establishment"),
    path("etablissement/<int:number>/", recovering.recover, name="recovery"),
    path("etablissement/<int:number>/reponse/", recovering.reply, name="recovery-reply"),
    path("reprises/<str:token>/", recovering.answer, name="recovery-answer"),
]
