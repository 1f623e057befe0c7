"""Asking that a rule be set aside: the officer says why, and the page remembers which rules they had read."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.findings import Finding, highest
from referrals.judging.judge import Judged


class SetAsideForm(forms.Form):
    """Shown once every rule that stops the offer is one that a rank may set aside; until then it is empty.

    ``set_aside_rules`` carries which rules were on the page when the reason was typed: a reason given for one rule
    sets no other aside.
    """

    set_aside_rules = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2000)
    set_aside_reason = forms.CharField(
        label=gettext_lazy("Why should this be set aside for this person?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    design = {"set_aside_reason": {"optional": False, "count": None}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = str(self["set_aside_rules"].value() or "")

    def asked(self, judged: Judged) -> Judged:
        """What was judged, with those rules asked to be set aside that the officer has read and given a reason for.

        Where one rule stands in the way that nobody may set aside, or that was not on the page, none is.
        """
        blocking = judged.stopping
        if not blocking or not all(one.may_be_set_aside for one in blocking):
            self.rules = ""
            return judged
        reason = self.cleaned_data.get("set_aside_reason", "").strip() if self.is_valid() else ""
        read = _keys(blocking) <= set(self.rules.split())
        if reason and read:
            return judged.with_findings(one.asked_aside(reason) for one in judged.findings)
        self.rules = " ".join(sorted(_keys(blocking)))
        self._say(blocking)
        return judged

    def _say(self, blocking: Sequence[Finding]) -> None:
        if not self.errors:
            rank = highest(one.override_by for one in blocking)
            words = _("Choose something else, or say why the rank of %(rank)s or above should set this aside")
            self.add_error("set_aside_reason", words % {"rank": rank})


def _keys(findings: Iterable[Finding]) -> set[str]:
    """Each rule as it was read: another rule, another version of it or other facts make it another."""
    read = (
        "\n".join([*one.identity, *sorted(f"{name}={value}" for name, value in one.values.items())]) for one in findings
    )
    return {hashlib.sha256(each.encode()).hexdigest()[:16] for each in read}
