"""Addresses of the mutual-TLS bench (GUICHET_BENCH_PORT)."""

from django.urls import include, path

urlpatterns = [
    path("", include("guichet.bench.urls")),
    path("psc/", include("guichet.bench.provider.urls")),
    path("", include("guichet.web.urls")),
]
handler400 = "guichet.web.views.bad_request"
handler403 = "guichet.web.views.permission_denied"
handler404 = "guichet.web.views.page_not_found"
handler500 = "guichet.web.views.server_error"
