from django.urls import path

from diversion.design_system import gallery

app_name = "gallery"
urlpatterns = [
    path("", gallery.parts, name="parts"),
    path("fields/", gallery.fields, name="fields"),
    path("fields/<slug:state>/", gallery.fields, name="fields_in"),
    path("figures/", gallery.figures, name="figures"),
    path("progress/", gallery.progress, name="progress"),
]
