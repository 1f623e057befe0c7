"""Which groups of questions stand open at once."""

from referrals.forms.folding import MOST, Group, arrange

WHO, WHAT, SAID, LATER = (
    Group("who", "Who", "", 9),
    Group("what", "What", "", 15),
    Group("said", "Said", "", 12),
    Group("later", "Later", "", 1),
)


def opened(*groups: Group, at: str = "") -> list[str]:
    """What an officer sees open."""
    return [name for name, fold in arrange(groups, at).items() if fold.is_open]


def answered(group: Group) -> Group:
    return Group(group.name, group.heading, "all is said", group.boxes)


def test_groups_open_in_order_as_far_as_there_is_room() -> None:
    """One that is asked before those above it is answered without what they tell."""
    assert opened(WHO, WHAT, SAID, LATER) == ["who", "what"]
    assert opened(answered(WHO), WHAT, SAID, LATER) == ["what"]
    assert opened(answered(WHO), answered(WHAT), SAID, LATER) == ["said", "later"]


def test_what_is_answered_stays_open_while_the_officer_is_there() -> None:
    """A group that shuts under the hand cannot be put right."""
    assert opened(answered(WHO), WHAT, SAID, at="fold-who") == ["who", "what"]
    assert opened(answered(WHO), WHAT, answered(SAID)) == ["what"]


def test_the_first_question_is_open_however_long_it_is() -> None:
    """A group with more boxes than fit would never be asked."""
    assert opened(Group("long", "Long", "", MOST + 1), LATER) == ["long"]


def test_a_mistake_is_open_and_what_is_not_asked_is_not() -> None:
    """An error inside a closed group is found by nobody."""
    wrong = Group("said", "Said", "all is said", 12, is_wrong=True)
    assert opened(WHO, wrong, Group("none", "None", "", 1, is_asked=False)) == ["who", "said"]


def test_what_came_of_it_can_be_said_early() -> None:
    """At night nobody may have the answers above it, and the case is left open for whoever has."""
    result = Group("result", "Result", "", 4, is_first=True)
    assert opened(WHO, WHAT, SAID, result) == ["who", "result"]
    assert opened(answered(WHO), answered(WHAT), SAID, answered(result)) == ["said"]


def test_a_group_that_waits_says_what_it_is_about() -> None:
    """An empty line with "Not answered yet" beside it is a riddle, also where the section has a heading of its own."""
    waits = Group("said", "Said", "", 12, is_titled=True)
    shown = arrange([WHO, WHAT, waits, Group("ours", "Ours", "No", 1, is_titled=True)], "")
    assert {name: fold.heading_is_seen for name, fold in shown.items()} == {
        "who": True,
        "what": True,
        "said": True,
        "ours": False,
    }
