"""Addresses of instruction, under /gestion/dossiers/."""

from django.urls import path

from guichet.domain.dossier.states import DossierAct
from guichet.habilitations.views.instruction import (
    acts,
    batch,
    deciding,
    desk,
    dossier,
    exporting,
    queue,
    reviewing,
)

app_name = "instruction"
urlpatterns = [
    path("", queue.show_queue, name="queue"),
    path("vues/", queue.save_view, name="save-view"),
    path("vues/<int:key>/supprimer/", queue.forget_view, name="forget-view"),
    path("lot/", batch.prepare, name="batch"),
    path("lot/executer/", batch.execute, name="batch-run"),
    path("lot/<uuid:key>/", batch.show_results, name="batch-results"),
    path("export.csv", exporting.export_csv, name="export-csv"),
    path("export.xlsx", exporting.export_xlsx, name="export-xlsx"),
    path("export.ods", exporting.export_ods, name="export-ods"),
    path("statistiques/", desk.show_statistics, name="statistics"),
    path("statistiques.csv", desk.export_statistics, name="statistics-csv"),
    path("notifications/", desk.preferences, name="preferences"),
    path("<int:number>/", dossier.show_dossier, name="dossier"),
    path("<int:number>/historique/", dossier.show_history, name="history"),
    path("<int:number>/suivre/", dossier.follow, name="follow"),
    path("<int:number>/attribuer/", dossier.assign, name="assign"),
    path("<int:number>/annoter/", dossier.annotate, name="annotate"),
    path("<int:number>/prendre/", acts.take, name="take"),
    path("<int:number>/rendre/", acts.give_back, name="give-back"),
    path("<int:number>/archiver/", acts.archive, name="archive"),
    path("<int:number>/correction/", acts.ask_correction, name="correction"),
    path("<int:number>/accepter/", deciding.decide, {"act": DossierAct.ACCEPT}, name="accept"),
    path("<int:number>/refuser/", deciding.decide, {"act": DossierAct.REFUSE}, name="refuse"),
    path("<int:number>/classer/", deciding.decide, {"act": DossierAct.CLOSE}, name="close"),
    path("<int:number>/approbation/", reviewing.review, name="review"),
    path("<int:number>/rouvrir/", reviewing.reopen, name="reopen"),
]
