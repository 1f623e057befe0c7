from django.urls import path

from reporting.views import monitoring, reports

urlpatterns = [
    path("", monitoring.dashboard, name="dashboard"),
    path("cases", monitoring.figure_cases, name="figure_cases"),
    path("reports", monitoring.ask, name="report_ask"),
    path("reports/<str:reference>", reports.report_page, name="report_page"),
    path("reports/<str:reference>/progress", reports.report_progress, name="report_progress"),
    path("reports/<str:reference>/again", reports.report_again, name="report_again"),
    path("reports/<str:reference>/files/<str:kind>", reports.report_file, name="report_file"),
]
