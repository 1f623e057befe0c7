"""The template tags of ``{% load design %}``, by what they draw."""
