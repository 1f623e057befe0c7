"""The roof: home, health and navigation hang here; each app brings its own pages."""

from django.conf import settings
from django.urls import include, path

from diversion import gauges, views
from reporting import urls as reporting

urlpatterns = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    path("metrics", gauges.metrics, name="metrics"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("privacy", views.privacy, name="privacy"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("diversion.accounts.urls")),
    path("", include("diversion.audit.urls")),
    path("", include("diversion.notifications.urls")),
    path("", include("cases.urls")),
    path("", include("referrals.urls")),
    path("monitoring/", include("reporting.urls")),
    path("releases/", include(reporting.releases)),
    path("panels/", include(reporting.sittings)),
]

if settings.ENVIRONMENT != "production":
    urlpatterns.append(path("gallery/", include("diversion.design_system.urls")))

# They need neither session nor database, which may be what failed.
handler400 = "diversion.design_system.errors.bad_request"
handler403 = "diversion.design_system.errors.permission_denied"
handler404 = "diversion.design_system.errors.page_not_found"
handler429 = "diversion.design_system.errors.too_many_requests"  # asked for by allauth, not by Django
handler500 = "diversion.design_system.errors.server_error"
