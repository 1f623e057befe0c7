from django.urls import URLPattern, path

from diversion.audit import views

urlpatterns: list[URLPattern] = [path("access-log/", views.access_log, name="access_log")]
