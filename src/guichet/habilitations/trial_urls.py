"""Addresses of trial habilitations, under /habilitations/."""

from django.urls import path

from guichet.habilitations.views import trials

urlpatterns = [
    path("essai/", trials.show_trials, name="trials"),
    path("essai/<int:pk>/prolonger/", trials.prolong_trial, name="trial-prolong"),
    path("essai/<int:pk>/terminer/", trials.end_trial, name="trial-end"),
]
