from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.data_use import operational, structural


class Organisation(models.Model):
    """A police force, a provider of support, a youth justice service, an oversight body or a research body."""

    class Kind(models.TextChoices):
        POLICE_FORCE = "police_force", _("Police force")
        PROVIDER = "provider", _("Provider")
        YOUTH_JUSTICE = "youth_justice", _("Youth justice service")
        OVERSIGHT = "oversight", _("Oversight body")
        RESEARCH = "research", _("Research body")

    name = models.CharField(max_length=150)
    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    # Marks made-up organisations, so that nobody mistakes them or their figures for real ones.
    is_demonstration = models.BooleanField(default=False)

    data_use = structural("id") | operational("Say whose record it is", "name", "slug", "kind", "is_demonstration")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team within an organisation: officers see their own team's cases."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=150)

    data_use = structural("id", "organisation") | operational("Say which team holds a case", "name")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once_in_organisation")]

    def __str__(self) -> str:
        return self.name
