"""Addresses of access: people, requests for roles, reviews, emergencies."""

from django.urls import URLPattern, path

from guichet.backoffice.views.access import asking, emergencies, people, reviewing

PERSON = "personnes/<uuid:person>/"

urlpatterns: list[URLPattern] = [
    path("", people.list_people, name="access"),
    path("inactifs/", people.list_idle, name="access-idle"),
    path(PERSON, people.show_person, name="access-person"),
    path(
        f"{PERSON}sessions/<int:session_id>/fermer/",
        people.end_session,
        name="access-session-end",
    ),
    path(f"{PERSON}donner/", asking.ask, {"gives": True}, name="role-give"),
    path(f"{PERSON}retirer/", asking.ask, {"gives": False}, name="role-take"),
    path("demandes/", asking.list_requests, name="role-requests"),
    path("demandes/<int:number>/", asking.decide, name="role-request"),
    path("demandes/<int:number>/abandonner/", asking.withdraw, name="role-withdraw"),
    path("revues/", reviewing.list_reviews, name="access-reviews"),
    path("revues/commencer/", reviewing.begin, name="access-review-begin"),
    path("revues/<int:number>/", reviewing.show_review, name="access-review"),
    path("revues/<int:number>/<int:line>/", reviewing.review_line, name="access-review-line"),
    path("revues/<int:number>/terminer/", reviewing.end, name="access-review-end"),
    path("revues/<int:number>/revue.csv", reviewing.export, name="access-review-export"),
    path("urgences/", emergencies.list_emergencies, name="emergencies"),
    path("urgences/ouvrir/", emergencies.open_one, name="emergency-open"),
    path("urgences/finir/", emergencies.end_mine, name="emergency-end"),
    path("urgences/<int:number>/revoir/", emergencies.review, name="emergency-review"),
]
