from django.urls import URLPattern, path

from diversion.notifications import views

urlpatterns: list[URLPattern] = [
    path("notices/", views.notices, name="notices"),
    path("messages/", views.message_log, name="message_log"),
]
