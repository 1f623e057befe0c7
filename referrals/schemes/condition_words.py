"""Words for the kinds and objects of conditions (codes of ``cases.law.codes``)."""

from django.utils.translation import gettext_lazy as _

KINDS = [
    ("course", _("Course")),
    ("treatment_appt", _("Treatment or assessment appointment")),
    ("attend_navigator", _("Meetings with the worker")),
    ("no_reoffending", _("No further offence")),
    ("apology", _("Apology")),
    ("compensation", _("Compensation")),
    ("repair", _("Repair or make good")),
    ("rj", _("Restorative justice")),
    ("unpaid_work", _("Unpaid or voluntary work")),
    ("exclusion", _("Keep away from a place or person")),
    ("curfew_youth", _("Curfew (children)")),
    ("financial_penalty", _("Financial penalty")),
    ("gps_tag", _("Location tag")),
    ("departure_uk", _("Leave the United Kingdom")),
    ("other", _("Something else")),
]
OBJECTS = [
    ("rehabilitative", _("To help the person")),
    ("reparative", _("To put right the harm")),
    ("punitive", _("To punish")),
    ("protective", _("To protect somebody")),
    ("foreign_national", _("To leave and not return")),
]
