"""Addresses of messages, attachments and papers of a dossier, and of their verification."""

from django.urls import path

from guichet.habilitations.views import attachments, messages, papers, verification

urlpatterns = [
    path("dossiers/<int:number>/messagerie/", messages.show_messages, name="messages"),
    path("dossiers/<int:number>/pieces/", attachments.attach, name="attach"),
    path("dossiers/<int:number>/attestation.pdf", papers.receipt, name="receipt"),
    path("dossiers/<int:number>/dossier.pdf", papers.whole, name="paper"),
    path("dossiers/<int:number>/decision.pdf", papers.decision, name="decision-paper"),
    path("pieces/<uuid:key>/", attachments.download, name="attachment"),
    path("pieces/<uuid:key>/retirer/", attachments.detach, name="detach"),
    path("verifier/", verification.verify, name="verify"),
    path("verifier/<str:code>/", verification.verified, name="verified"),
]
