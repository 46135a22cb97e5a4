"""Addresses of what is written to people: mails, terms, announcements."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from guichet.backoffice.views.texts import agreements, announcements, mail_editing, mails, terms

MAIL = "courriers/<slug:app>/<slug:name>/<slug:language>/"
TERMS = "conditions/<slug:kind>/<str:number>/"

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="backoffice:mail-texts"), name="texts"),
    path("courriers/", mails.list_mails, name="mail-texts"),
    path(MAIL, mails.show_mail, name="mail-text"),
    path(f"{MAIL}ecrire/", mail_editing.edit, name="mail-edit"),
    path(f"{MAIL}origine/", mails.restore_default, name="mail-default"),
    path(f"{MAIL}versions/<int:number>/", mails.show_version, name="mail-version"),
    path(f"{MAIL}versions/<int:number>/en-vigueur/", mails.enforce, name="mail-enforce"),
    path(f"{MAIL}versions/<int:number>/ecarter/", mails.drop, name="mail-drop"),
    path("conditions/", terms.list_documents, name="terms"),
    path("conditions/<slug:kind>/ecrire/", terms.edit, name="terms-edit"),
    path(TERMS, terms.show_version, name="terms-version"),
    path(f"{TERMS}publier/", terms.publish, name="terms-publish"),
    path(f"{TERMS}ecarter/", terms.give_up, name="terms-give-up"),
    path("annonces/", announcements.list_announcements, name="announcements"),
    path("annonces/nouvelle/", announcements.edit, name="announcement-new"),
    path("annonces/<int:number>/", announcements.edit, name="announcement-edit"),
    path("annonces/<int:number>/retirer/", announcements.withdraw, name="announcement-withdraw"),
    path("acceptations/", agreements.list_agreements, name="agreements"),
    path("acceptations.<slug:ending>", agreements.export, name="agreements-export"),
]
