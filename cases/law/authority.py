"""Who may authorise a disposal: the lowest rank, what lifts it, and that nobody authorises their own case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cases.law.codes import Circumstance, DisposalCode, Rank, Severity
from cases.law.data import NotInForce
from cases.law.disposals import Disposal, RankException, get
from cases.law.findings import Finding, block
from cases.law.settings import DEFAULTS, LawSettings

SEPARATION = "separation of duties: the authoriser is never the officer in the case; CJCA 2015 s.17(5) for rank"


@dataclass(frozen=True, slots=True)
class AuthorityNeeded:
    """What one reason asks: a rank, perhaps a prosecutor's consent, perhaps exceptional circumstances on the record."""

    rank: Rank
    prosecutor_consent: bool
    exceptional: bool
    police_rank: bool
    reason: str
    source: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class AuthorityVerdict:
    """Whether this rank may authorise; true and false in an `if`. `required` is the lowest rank that satisfies all."""

    allowed: bool
    required: Rank
    prosecutor_consent: bool
    exceptional: bool
    needed: tuple[AuthorityNeeded, ...]
    explanation: str
    source: str
    unsure: bool

    def __bool__(self) -> bool:
        return self.allowed


def authority_needed(
    disposal: Disposal, circumstances: Iterable[str] = (), *, settings: LawSettings = DEFAULTS
) -> tuple[AuthorityNeeded, ...]:
    """Everything the disposal asks in these circumstances: the ordinary rank, then each exception that applies."""
    met = {Circumstance.parse(word) for word in circumstances}
    rank = settings.rank_overrides.get(disposal.code, disposal.authority)
    ordinary = AuthorityNeeded(
        rank,
        False,
        False,
        False,
        f"{disposal.label}: {_article(rank).lower()} or above decides.",
        disposal.authority_source,
        disposal.authority_unsure and disposal.code not in settings.rank_overrides,
    )
    lifted = (_lifted(disposal.code, rule, settings) for rule in disposal.exception if rule.when in met)
    return (ordinary, *lifted)


def _lifted(code: DisposalCode, rule: RankException, settings: LawSettings) -> AuthorityNeeded:
    key = f"{code}.{rule.when}"
    rank = settings.rank_overrides.get(key, rule.rank)
    unsure = rule.unsure and key not in settings.rank_overrides
    return AuthorityNeeded(
        rank, rule.prosecutor_consent, rule.exceptional, rule.police_rank, rule.reason, rule.source, unsure
    )


def may_authorise(
    rank: str,
    disposal: str,
    *,
    at: date,
    circumstances: Iterable[str] = (),
    prosecutor_consented: bool = False,
    dpp_authorised: bool = False,
    settings: LawSettings = DEFAULTS,
) -> AuthorityVerdict:
    """Whether a person of `rank` may authorise `disposal` on the day `at`.

    `circumstances` are codes of `Circumstance`. `prosecutor_consented`: a prosecutor's decision is
    recorded, which satisfies a referral but no police rank. `dpp_authorised`: the person is specifically authorised
    by the DPP, which stands in for a sergeant on a caution with conditions where the force's setting accepts it.
    """
    holder, record = Rank.parse(rank), get(disposal, at)
    needed = authority_needed(record, circumstances, settings=settings)
    required = max((need.rank for need in needed), key=list(Rank).index)
    consent = any(need.prosecutor_consent for need in needed)
    ordinary = dpp_authorised and record.dpp_authorised_ok and settings.dpp_authorised_accepted
    held = Rank.SERGEANT if ordinary and not holder.reaches(Rank.SERGEANT) else holder
    enough = all(_satisfies(held, need, prosecutor_consented) for need in needed)
    allowed = enough and (not consent or prosecutor_consented or holder is Rank.PROSECUTOR)
    words = _verdict_words(record, holder, required, consent and required is not Rank.PROSECUTOR, allowed)
    strictest = max(needed, key=lambda need: list(Rank).index(need.rank))
    exceptional = any(need.exceptional for need in needed)
    unsure = any(need.unsure for need in needed)
    return AuthorityVerdict(allowed, required, consent, exceptional, needed, words, strictest.source, unsure)


def _satisfies(rank: Rank, need: AuthorityNeeded, consented: bool) -> bool:
    # s.17 asks for a police rank: the prosecutor's consent is asked beside it, and does not stand in for it
    if rank is Rank.PROSECUTOR and need.police_rank:
        return False
    # a prosecutor's recorded decision lets the police officer who satisfies everything else give the disposal
    return rank.reaches(need.rank) or (consented and need.rank is Rank.PROSECUTOR)


def _verdict_words(record: Disposal, rank: Rank, required: Rank, consent: bool, allowed: bool) -> str:
    who = "A prosecutor" if required is Rank.PROSECUTOR else f"{_article(required)} or above"
    also = ", with the prosecutor's consent" if consent else ""
    start = f"{who} may authorise a {record.label.lower()} in this case{also}."
    return start if allowed else f"{start} {_article(rank)} alone may not."


def _article(rank: Rank) -> str:
    return f"{'An' if rank is Rank.INSPECTOR else 'A'} {rank}"


def check_authorisation(
    disposal: str,
    *,
    at: date,
    officer: str,
    authoriser: str,
    rank: str,
    circumstances: Iterable[str] = (),
    prosecutor_consented: bool = False,
    dpp_authorised: bool = False,
    settings: LawSettings = DEFAULTS,
) -> list[Finding]:
    """What is wrong with an authorisation, empty when nothing is.

    `officer` and `authoriser` are any stable identifiers of the officer in the case and of the person who authorises.
    Nobody authorises their own case, save where an officer may issue the disposal on their own and nothing lifts it.
    """
    try:
        record = get(disposal, at)
    except NotInForce as error:
        return [block("not_in_force", str(error), "disposals.toml")]
    verdict = may_authorise(
        rank,
        disposal,
        at=at,
        circumstances=circumstances,
        prosecutor_consented=prosecutor_consented,
        dpp_authorised=dpp_authorised,
        settings=settings,
    )
    findings: list[Finding] = []
    if not verdict:
        findings.append(
            Finding("rank", Severity.BLOCK, verdict.explanation, verdict.source, verdict.required, verdict.unsure)
        )
    if officer == authoriser and not (record.self_issue and len(verdict.needed) == 1):
        reason = "The officer in the case cannot authorise it: ask somebody else of the rank needed."
        findings.append(block("own_case", reason, SEPARATION))
    return findings
