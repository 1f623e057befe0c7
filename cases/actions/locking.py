from cases.models import Case


def lock(case: Case) -> None:
    """Hold the row of ``case`` until the transaction ends: the first thing of every action that acts on how it stands.

    Two people who act on one case at once then act one after the other, and the second sees what the first did. Rows
    that only refer to the case can still be written meanwhile.
    """
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)
