from django.urls import URLPattern, path

from cases.views import offences

urlpatterns: list[URLPattern] = [
    path("offences/", offences.offence_list, name="offence_list"),
    path("offences/add", offences.offence_add, name="offence_add"),
    path("offences/<int:pk>/", offences.offence_page, name="offence_page"),
    path("offences/<int:pk>/end", offences.offence_end, name="offence_end"),
]
