import pytest

from referrals.schemes.condition_words import word_of


@pytest.mark.parametrize(
    ("name", "wording", "found"),
    [
        ("Joan Hill", "I will leave Joan alone.", "Joan"),
        ("Joan Hill", "I will keep away from mrs hill", "Hill"),
        ("Joan Hill", "I will keep away from Hillside Road.", ""),
        ("Will Green", "I will write a letter.", ""),
        ("Will Green", "I will write to Will.", "Will"),
        ("Zoë O’Neil", "I will write to ZOË.", "Zoë"),
        ("Zoë O’Neil", "I will write to zoe.", "Zoë"),
        ("Jose\u0301 Nunez", "Has José come?", "José"),
        ("Michał Ryś", "Has Michal come?", "Michał"),
        ("Anne-Marie Hill", "Has Annemarie come?", "Anne-Marie"),
        ("AnneMarie Hill", "Has Anne-Marie come?", "AnneMarie"),
        ("O'Brien", "Has OBrien come?", "O'Brien"),
        ("Joan Hill", "Has Jo\u00adan come?", "Joan"),
        ("Ann-Will Hill", "I will come with Annie.", ""),
        ("", "I will write to anybody.", ""),
    ],
)
def test_a_word_of_a_name_is_found_and_an_everyday_word_is_not(name: str, wording: str, found: str) -> None:
    """A name let through reaches the provider; a word wrongly found stops an officer at the person's side."""
    assert word_of(name, wording) == found
