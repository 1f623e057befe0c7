"""Nothing that says whether somebody keeps to what they agreed, and nothing of the police, reads a check-in."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
#: Who may speak of one: what asks, what shows it to the provider's workers, what lists what there is, what keeps
#: the log of it from police, and what makes up two for the demonstration.
MAY = {
    "diversion/audit/queries.py",
    "diversion/celery.py",
    "diversion/demonstration/checking_in.py",
    "diversion/postgres/wall.py",
    "referrals/codes.py",
    "referrals/telling.py",
    "referrals/urls.py",
    "referrals/actions/answering.py",
    "referrals/actions/check_in_list.py",
    "referrals/actions/check_ins.py",
    "referrals/actions/replying.py",
    "referrals/forms/answering.py",
    "referrals/forms/check_ins.py",
    "referrals/models/__init__.py",
    "referrals/models/check_in.py",
    "referrals/presenters/check_ins.py",
    "referrals/presenters/waiting.py",
    "referrals/queries/caseload.py",
    "referrals/queries/check_ins.py",
    "referrals/queries/languages.py",
    "referrals/queries/replies.py",
    "referrals/views/answering.py",
    "referrals/views/check_in_list.py",
    "referrals/views/check_ins.py",
    "referrals/views/managing.py",
    "referrals/views/referral_page.py",
    "referrals/views/replying.py",
}
SPEAKS = re.compile(r"(?<![a-z_])check_in(?:s|_\w+)?\b|CheckIn|checkin[._]|referrals_checkin")


def test_what_decides_about_somebody_knows_of_no_check_in() -> None:
    """An answer, or none, would count as attendance, be missed, stand on a ladder, or be told to police."""
    found = {
        str(path.relative_to(ROOT))
        for app in ("diversion", "cases", "referrals", "reporting")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and SPEAKS.search(path.read_text())
    }
    assert found == MAY


def test_what_is_of_a_check_in_touches_nothing_that_is_counted() -> None:
    """What records attendance, settles a condition or tells the figures is not called from here."""
    for name in ("answering", "check_ins"):
        code = (ROOT / f"referrals/actions/{name}.py").read_text()
        assert not re.search(r"\b(changed|restate|record_attendance|settle_condition|moving|standing)\b", code), name
