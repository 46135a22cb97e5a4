"""Addresses of incidents, under /gestion/incidents/."""

from django.urls import path

from guichet.orders.views.incidents import blocking, deciding, opening, reporting, showing

app_name = "incidents"
urlpatterns = [
    path("", showing.list_incidents, name="list"),
    path("nouveau/", opening.start, name="new"),
    path("cles/", blocking.block_keys, name="keys"),
    path("<int:number>/", showing.show_incident, name="incident"),
    path("<int:number>/etat/", showing.incident_state, name="state"),
    path("<int:number>/certificats/", showing.list_certificates, name="certificates"),
    path("<int:number>/certificats.csv", reporting.export, name="export"),
    path("<int:number>/impact/", reporting.show_report, name="report"),
    path("<int:number>/impact.pdf", reporting.print_report, name="report-pdf"),
    path("<int:number>/renouvellement/", reporting.campaign, name="campaign"),
    path("<int:number>/proposer/", deciding.propose, name="propose"),
    path("<int:number>/reprendre/", deciding.take_back, name="take-back"),
    path("<int:number>/decider/", deciding.decide, name="decide"),
    path("<int:number>/annuler/", deciding.cancel, name="cancel"),
    path("<int:number>/relancer/", deciding.retry, name="retry"),
]
