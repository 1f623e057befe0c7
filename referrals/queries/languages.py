"""In which languages the people whom a provider helps may be sent a text, and shown what its link opens."""

from referrals.queries.check_ins import desk_of, languages_of


def languages_for(provider_id: int) -> list[str]:
    """English, and Welsh once somebody there has reviewed it as it is now."""
    return languages_of(desk_of(provider_id))
