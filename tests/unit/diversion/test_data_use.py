from django.apps import apps

from diversion import data_use
from diversion.data_use import OURS, Erasure, Sensitivity, check_every_field_is_declared


def test_every_field_has_a_purpose_a_sensitivity_and_an_erasure_rule() -> None:
    """Data nobody can say the purpose of could not be held lawfully (DPA 2018 s.36), nor erased on time."""
    assert check_every_field_is_declared() == []


def test_an_undeclared_field_is_found(monkeypatch: object) -> None:
    """The check must bite, or the next field would slip in."""
    from cases.models import Person

    declared = dict(Person.data_use)
    try:
        Person.data_use = {name: use for name, use in declared.items() if name != "sex"}
        errors = check_every_field_is_declared()
    finally:
        Person.data_use = declared
    assert [error.id for error in errors] == ["diversion.E001"]
    assert "sex" in errors[0].msg


def test_ethnicity_is_marked_as_sensitive() -> None:
    """Sensitive processing needs a Schedule 8 condition: a field wrongly marked would miss it."""
    from cases.models import Person

    for name in ("ethnicity_self_defined", "ethnicity_officer_defined", "ethnicity_not_stated"):
        assert Person.data_use[name].sensitivity is Sensitivity.SENSITIVE


def test_nothing_about_a_person_is_kept_for_ever() -> None:
    """A personal field marked to keep would outlive its retention period."""
    personal = {Sensitivity.PERSONAL, Sensitivity.SENSITIVE}
    kept = [
        f"{model.__name__}.{name}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for name, use in getattr(model, "data_use", {}).items()
        if use.sensitivity in personal and use.erasure is Erasure.KEEP
    ]
    assert kept == []


def test_use_shares_one_declaration() -> None:
    """Fields declared together must not drift apart."""
    shared = data_use.personal("Reach them", "a", "b")
    assert shared["a"] is shared["b"]
