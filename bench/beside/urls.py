"""Django admin's list of the cases that the user's force has, and the emptiest page a signed-in user can have."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from cases.models import Case


class Site(admin.AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated


class Cases(admin.ModelAdmin):  # type: ignore[type-arg]
    """The columns of the service's own list, as far as admin has them without being taught; a hundred rows a page."""

    list_display = ("reference", "person", "officer", "recorded_at", "closed_at")
    list_select_related = ("person", "officer")
    search_fields = ("reference", "person__given_names", "person__family_name", "allegations__crime__number")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(force=request.user.organisation_id)

    def has_view_permission(self, *args: Any) -> bool:
        return True

    def has_module_permission(self, *args: Any) -> bool:
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@login_required(login_url="/")
def empty(request: HttpRequest) -> HttpResponse:
    """Admin's own frame, and nothing in it."""
    return render(request, "admin/base_site.html", site.each_context(request))


class TwentyFive(Cases):
    """As many rows as the service shows."""

    list_per_page = 25


site, short = Site(name="admin"), Site(name="short")
site.register(Case, Cases)
short.register(Case, TwentyFive)
urlpatterns = [path("admin/", site.urls), path("short/", short.urls), path("empty", empty)]
