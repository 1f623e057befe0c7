from django.urls import path

from reporting.views import (
    alone,
    monitoring,
    notes,
    panels,
    release_changes,
    release_checks,
    reports,
    sampling,
    schedules,
    schemes,
    sitting,
    teams,
)
from reporting.views import releases as release_pages

urlpatterns = [
    path("", monitoring.dashboard, name="dashboard"),
    path("left-out", monitoring.left_out, name="left_out"),
    path("alone", alone.alone_samples, name="alone_samples"),
    path("alone/<str:reference>/<int:place>", alone.alone_item, name="alone_item"),
    path("samples", sampling.sample_list, name="dip_samples"),
    path("samples/draw", sampling.draw, name="dip_sample_draw"),
    path("samples/<str:reference>", sampling.sample_page, name="dip_sample"),
    path("samples/<str:reference>/<int:place>", sampling.item, name="dip_sample_item"),
    path("samples/<str:reference>/panel", panels.convene, name="panel_convene"),
    path("panels", panels.panel_list, name="panels"),
    path("panels/<str:reference>", panels.panel, name="panel"),
    path("panels/<str:reference>/members/<int:member>/excuse", panels.excuse, name="panel_excuse"),
    path("panels/<str:reference>/<int:place>", panels.panel_case, name="panel_case"),
    path("panels/<str:reference>/<int:place>/done", panels.action_done, name="panel_action_done"),
    path("schemes", schemes.scheme_figures, name="scheme_figures"),
    path("what-works", schemes.what_works, name="what_works"),
    path("teams", teams.team_list, name="teams"),
    path("team", teams.my_team, name="team"),
    path("notes", notes.note_list, name="finding_notes"),
    path("notes/add", notes.add_note, name="finding_note_add"),
    path("notes/<str:reference>/done", notes.note_done, name="finding_note_done"),
    path("cases", monitoring.figure_cases, name="figure_cases"),
    path("schedules", schedules.schedule_list, name="schedules"),
    path("schedules/add", schedules.schedule_add, name="schedule_add"),
    path("schedules/<str:reference>", schedules.schedule_change, name="schedule_change"),
    path("reports", monitoring.ask, name="report_ask"),
    path("reports/<str:reference>", reports.report_page, name="report_page"),
    path("reports/<str:reference>/meeting", reports.meeting, name="report_meeting"),
    path("reports/<str:reference>/progress", reports.report_progress, name="report_progress"),
    path("reports/<str:reference>/again", reports.report_again, name="report_again"),
    path("reports/<str:reference>/files/<str:kind>", reports.report_file, name="report_file"),
]

releases = [
    path("", release_pages.release_list, name="release_list"),
    path("declare", release_pages.declare, name="release_declare"),
    path("<str:reference>/", release_pages.release_page, name="release_page"),
    path("<str:reference>/file", release_pages.release_file, name="release_file"),
    path("<str:reference>/workbook", release_pages.release_workbook, name="release_workbook"),
    path("<str:reference>/brief", release_pages.release_brief, name="release_brief"),
    path("<str:reference>/summary", release_pages.release_summary, name="release_summary"),
    path("<str:reference>/changed", release_changes.changed, name="release_changed"),
    path("<str:reference>/freeze", release_pages.freeze, name="release_freeze"),
    path("<str:reference>/again", release_pages.again, name="release_again"),
    path("<str:reference>/discard", release_pages.discard, name="release_discard"),
    path("<str:reference>/withdraw", release_pages.withdraw, name="release_withdraw"),
    path("<str:reference>/check/", release_checks.check, name="release_check"),
    path("<str:reference>/check/<int:table>", release_checks.check_table, name="release_check_table"),
]

sittings = [
    path("", sitting.sittings, name="sittings"),
    path("<str:reference>/", sitting.sitting, name="sitting"),
    path("<str:reference>/<int:place>", sitting.sitting_case, name="sitting_case"),
]
