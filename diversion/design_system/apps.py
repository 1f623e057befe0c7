from django.apps import AppConfig


class DesignSystemConfig(AppConfig):
    """Form templates, page parts and charts in the GOV.UK and MoJ styles. It has no models."""

    name = "diversion.design_system"
    label = "design_system"
