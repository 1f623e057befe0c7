from django.urls import URLPattern, path

from cases.views import offences, youth

# The pages of a youth justice service; the coordinator says which serves the force.
youth_pages: list[URLPattern] = [
    path("youth/", youth.inbox, name="youth_inbox"),
    path("youth/<str:reference>/", youth.duty_page, name="youth_duty"),
    path("youth/<str:reference>/acknowledge", youth.acknowledge, name="youth_acknowledge"),
    path("youth/<str:reference>/assessment", youth.note_assessment, name="youth_assessment"),
    path("youth/<str:reference>/not-kept", youth.report_not_kept, name="youth_not_kept"),
    path("youth/<str:reference>/end", youth.finish, name="youth_finish"),
    path("youth-services/", youth.services, name="youth_services"),
    path("youth-services/<int:pk>/end", youth.end_service, name="youth_service_end"),
]

urlpatterns: list[URLPattern] = [
    *youth_pages,
    path("offences/", offences.offence_list, name="offence_list"),
    path("offences/add", offences.offence_add, name="offence_add"),
    path("offences/<int:pk>/", offences.offence_page, name="offence_page"),
    path("offences/<int:pk>/end", offences.offence_end, name="offence_end"),
]
