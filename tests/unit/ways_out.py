"""Every way by which a figure by group could leave other than by the door, as the code itself tells.

``faults(path, source)`` says what one file does that it may not, ``template_faults`` the same of a template. What may
is declared here, each with its reason: whoever adds a count adds it here too, or takes it through ``diversion.door``.

Covered: every module of the four apps (views, presenters, forms, tags, queries, actions, commands, tasks, models) but
migrations, the embedded servers and the maker of the demonstration; every template.
Not covered: a length taken in plain Python outside what shows it, of people fetched one by one through ``visible_to``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("diversion", "cases", "referrals", "reporting")
APART = {"migrations", "embedded", "demonstration"}

#: Where figures by group are made. Only they themselves and the gates reach in here.
MAKERS = {
    "reporting.facts.months",
    "reporting.monitoring.cube",
    "reporting.monitoring.tables",
    "reporting.monitoring.hidden",
    "reporting.monitoring.quality",
    "reporting.measures.counting",
    "reporting.measures.adjusting",
    "reporting.measures.behind",
    "reporting.measures.confided",
    "reporting.measures.needs",
    "reporting.measures.evidence",
    "reporting.measures.endings",
    "reporting.measures.followed",
    "reporting.measures.residents",
    "reporting.measures.spread",
    "reporting.linking.suspects",
    "reporting.linking.followup",
    "reporting.linking.decisions",
    "reporting.releases.freezing",
    "reporting.releases.tables",
    "reporting.releases.every",
    "reporting.releases.own",
    "reporting.releases.ladder",
    "reporting.releases.standing",
    "reporting.releases.revising",
}
#: What stands between: whatever others take from here is a ``Leaving``, or one of the names that count nobody.
GATES = {
    "reporting.monitoring.report",
    "reporting.monitoring.moved",
    "reporting.measures.figures",
    "reporting.measures.overview",
    "reporting.measures.reasons",
    "reporting.measures.panels",
    "reporting.measures.sampling",
    "reporting.measures.schemes",
    "reporting.measures.teams",
    "reporting.measures.victims",
    "reporting.measures.disparity",
    "reporting.measures.effect",
    "reporting.measures.coverage",
    "reporting.measures.waiting",
    "reporting.measures.working",
    "reporting.releases.changes",
    "reporting.releases.working_out",
    "referrals.judging.previews",
}
#: Pure arithmetic on what it is given, and files that have left already.
PURE = ("reporting.statistics", "reporting.suppression")
NOBODY_COUNTED = {
    "reporting.facts.months": {"STAGES", "count_one", "marked", "marked_since"},  # months, and nobody in them
    "reporting.monitoring.report": {"NoReport", "Report", "MARKING"},
    "reporting.measures.figures": {"source_of"},
    "reporting.measures.disparity": {"DEFAULT_BY"},
    "reporting.measures.overview": {"Question", "HEADLINE", "IMPORTED", "MEASURES"},
    "reporting.measures.working": {"SPLIT_BY"},
    "reporting.measures.behind": {"case_ids"},  # which cases, for those who may open each
    # What is worked out is suppressed; it is kept by the action, and leaves by the door.
    "reporting.releases.working_out": {
        *("THRESHOLDS", "Worked", "check_declared", "hide_more", "one_at_a_time", "work_out"),
    },
    "reporting.releases.freezing": {"CannotRelease", "price"},
    "reporting.releases.revising": {"next_edition"},  # how often a time was told
    "reporting.releases.own": {"has_any"},  # whether a provider has anything to release
    "reporting.releases.ladder": {"OWN_RUNG", "chosen", "fits", "for_today"},  # rungs, of whom nobody is counted
    "reporting.releases.tables": {"OWN_DIMENSIONS", "UNITS", "checked_tables", "last_whole", "unit_for"},
    "referrals.judging.previews": {"count", "changes_of", "live_before"},
    # Matching for an import: whose decision a row of the extract is about.
    "reporting.linking.decisions": {"decisions_of"},
    "reporting.linking.followup": {"matched", "Decisions", "Decided"},
}
#: Rows of which figures are made: counted nowhere but by makers and gates, and written by what loads them.
ROWS = {"Fact", "ReplacedFact", "NeedFact", "StageFact", "VictimFact", "MonthCount", "Suspect"}
MAY_TOUCH_ROWS = (
    *("reporting.models", "reporting.facts", "reporting.actions.importing", "reporting.actions.suspects"),
    *("reporting.outbox", "reporting.tasks", "reporting.queries"),
)
IMPORT = "reporting.management.commands.import_"
#: Figures that are stored: read only where they are kept or let out.
STORED = {
    "preview": {"referrals.judging.previews", "cases.actions.policies", "cases.models.policy"},
    "counts": {
        *MAKERS,
        *GATES,
        "reporting.models",
        "reporting.actions",
        "reporting.facts",
        "reporting.intake",
        IMPORT,
        "reporting.management.commands.check_mapping",
    },
    "drawn_from": {"reporting.measures.sampling", "reporting.models"},
    "artefacts": {"reporting.queries", "reporting.models.report"},
    "ReportArtefact": {"reporting.queries", "reporting.actions.reports", "reporting.models"},
}
#: Counts of work and of places, and not of people by who they are.
WORK = {
    "diversion.accounts.actions.factors.set_up_passkey": "a user's own passkeys",
    "diversion.accounts.actions.factors.may_remove": "a user's own app and passkeys",
    "diversion.accounts.factor_views.factor_remove": "a user's own app and passkeys",
    "diversion.design_system.qr._path": "dark squares beside each other",
    "diversion.home.Shown.__init__": "what waits for the reader on their own first page",
    "diversion.home.first": "what waits for the reader on their own first page",
    "diversion.home.Section.cut": "lines of the reader's own first page",
    "reporting.presenters.schemes.schemes": "schemes of the reader's own force",
    "referrals.presenters.waiting.waits": "answers that wait for the reader's own provider, who opens each",
    "referrals.queries.check_ins.question_uses": "whom the reader's own provider asks a question, who opens each",
    "referrals.queries.check_ins._may_ask_today": "plans of one person at one provider; it leaves no page",
    "referrals.presenters.home._questions": "questions that wait for the reader",
    "referrals.presenters.home._unfinished": "the reader's own unfinished pages",
    "referrals.presenters.ending.Certificate.meetings": "meetings of one person, on their own certificate",
    "referrals.schemes.capacity.with_taken": "places taken of each appointment",
    "referrals.schemes.capacity.places_taken": "places taken of one appointment",
    "cases.management.commands.import_offences.Command.handle": "rows of the operator's own file",
    "diversion.accounts.telling._factors_changed": "when a user's own second factor was last changed",
    "diversion.management.commands.import_cases.Command.handle": "cases of the operator's own file",
    "diversion.management.commands.import_crimes.Command._finish": "rows of the operator's own file",
    "referrals.views.recording._crime_numbered": "characters of a number",
    "referrals.forms.offences.OffenceField.offer": "entries of the catalogue that share a title",
    "diversion.audit.views.access_log": "entries of the access log",
    "diversion.design_system.charts._series": "months with a value, one after the other",
    "diversion.audit.queries.unusual_since_last_look": "entries of the access log, for whoever reads each",
    "diversion.accounts.views.user_list": "users of one page of the administrator's own list",
    "diversion.audit.presenters._records": "records of one entry of the access log",
    "diversion.design_system.tags.fields.repeatable": "parts of a form",
    "diversion.management.commands.check_files.long_lines": "characters of a line",
    "diversion.management.commands.check_files.unlocked_requirements": "versions of a package",
    "diversion.management.commands.check_files.catalogues_behind": "sentences without a translation",
    "diversion.management.commands.restore.Command._bring_up": "migrations",
    "diversion.management.commands.restore.Command._finish": "accounts of the operator's own list",
    "diversion.management.deep._doubled": "times that a submission is on record",
    "diversion.management.deep._repeated": "times that a record is there, by what makes it one",
    "diversion.gauges._work": "changes that wait, reports under way, failed sign-ins",
    "diversion.management.pruning._counted": "sessions, files, appointments and drafts",
    "diversion.management.lists.ListCommand.finish": "rows of the operator's own list",
    "diversion.management.commands.load_demonstration.Command.handle": "made-up cases",
    "cases.actions.correcting._check_open": "corrections of one crime",
    "referrals.views.correcting.correct": "corrections of one crime",
    "cases.models.case.Case.times_changed": "corrections and withdrawals of one case",
    "cases.models.offence.OffenceQuerySet.catalogue": "nobody: which state the rows of the catalogue are in",
    "referrals.presenters.merging._merge": "cases that moved with one record",
    "referrals.views.case_complaints.complaints_context": "complaints about one case",
    "referrals.schemes.capacity.take_place": "places taken of one scheme",
    "referrals.schemes.capacity.full": "places taken of each scheme",
    "reporting.management.commands.import_followup.Command.remarks": "rows of the operator's own file",
    "referrals.schemes.sessions.sessions_of": "sessions of one agreement",
    "referrals.actions.evidence._check_room": "files of one condition of one person",
    "referrals.actions.deciding._book": "places taken of one appointment",
    "referrals.actions.slots._offer": "places taken of one appointment",
    "referrals.presenters.managing.left_table": "people whom the manager's own provider helps, each named there",
    "referrals.presenters.case.crime_notes": "crimes of one case",
    "referrals.forms.narrowing.RecordingPage.due_of_most": "conditions of one scheme, on the page of one person",
    "referrals.presenters.case.SupportView._attended": "one person's appointments",
    "referrals.forms.session.SessionForm.__init__": "names that two of one session share",
    "referrals.presenters.caseload.group_sessions": "places in one session of the asker's own board",
    "referrals.views.session._is_recorded": "rows of one register, to whoever filled it in",
    "referrals.presenters.caseload.sections": "lines of one worker's board under their headings",
    "referrals.presenters.caseload.BoardRow.progress": "one person's conditions",
    "referrals.queries.referrals.open_counts": "referrals that each worker of the asker's own provider has",
    "referrals.queries.managing._load": "referrals of each worker of the asker's own provider, through the door",
    "referrals.queries.caseload.FirstPlaces.by_group": "referrals of the asker's own board",
    "referrals.queries.caseload.by_group": "referrals of the asker's own board",
    "referrals.views.sheet._people": "referrals of the asker's own board",
    "referrals.views.caseload.show_caseload": "referrals of the asker's own board",
    "referrals.queries.referrals.waiting_list": "whom the asker's own provider helps under a scheme, who opens each",
    "referrals.queries.referrals.inbox": "referrals that wait for the asker's own provider",
    "cases.queries.youth.youth_waits": "children who wait for the asker's own service",
    "referrals.queries.loads._open": "referrals that each worker of the asker's own provider has",
    "referrals.queries.loads._to_answer": "referrals that wait for the asker's own provider",
    "referrals.queries.handing_over._nobodys": "cases that the asker may see, of officers who have left",
    "referrals.queries.authorising._counted": "decisions that wait for the asker's own force",
    "referrals.queries.handing_over.held_counts": "the open work of one user, whose account is to be disabled",
    "referrals.queries.handing_over._owners": "the open work of each user, for whoever may hand it over",
    "referrals.views.handing_over.hand_over": "the open work of one user, and what of it was handed over",
    "referrals.queries.schemes.free_slots": "places taken of each appointment",
    "referrals.queries.schemes.schemes_for_list": "referrals under way, to say whether a scheme may end",
    "referrals.queries.schemes.slots_to_come": "places taken of each appointment",
    "referrals.queries.schemes.free_places": "places free in each scheme",
    "referrals.views.cases._row": "offences of one case",
    "referrals.views.schemes._show_scheme": "appointments to come of one scheme",
    "referrals.views.criteria._parts": "parts of a rule",
    "referrals.views.policies.show_version": "options of a policy",
    "reporting.facts.loading.unrecognised_total": "words of an imported file, beside the summary of the import",
    "reporting.intake.rows.extracts.WordBook.__init__": "words of an imported file",
    "reporting.intake.rows.extracts.Fates.__init__": "reasons for which rows of the operator's own file were refused",
    "reporting.actions.reports.ask": "reports that are being made for the asker",
    "reporting.actions.importing._Import._told": "all facts of a day that an import does not bring again",
    "reporting.actions.importing._finish": "all facts that an import replaced",
    "reporting.management.commands.import_facts.Command.more": "rows of the operator's own file",
    "reporting.management.commands._importing.ImportCommand.handle": "rows of the operator's own file",
    "reporting.management.commands.check_mapping.Command.handle": "rows of the operator's own file",
    "reporting.management.commands.check_mapping.Command._try": "columns of a file",
    "reporting.management.commands.check_mapping.Command._remarks": "rows of the operator's own file",
    "reporting.facts.replacing.by_month": "all facts of a month, before and after an import",
    "reporting.facts.replacing.counted_twice": "all facts of a month that two imports brought",
    "reporting.facts.replacing.not_repeated": "all facts of a day that an import does not bring again",
    "reporting.intake.rows.facts.Seen.__init__": "words of an imported file",
    "reporting.queries.releases.verdicts_in": "verdicts on one draft",
    "reporting.queries.releases.comparable": "releases of one time",
    "reporting.views.release_comparison._forces": "releases of one force",
    "reporting.views.release_comparison.compare_forces": "forces that have released something",
    "reporting.views.releases.verdict_table": "figures that a checker wants hidden, and not people",
    "reporting.views.release_checks._task": "figures that a checker wants hidden, and not people",
    "reporting.management.commands.attack.Command.report": "cells of a file that has left already",
    "reporting.management.commands.attack.Command.handle": "cells of a file that has left already",
    "reporting.management.commands.sample_unconsidered.Command.handle": "how many are in the sample, for the log",
}
#: What writes files, answers and lines: of figures only such as came through the door, else of nobody's.
DOOR = "figures that came through the door"
WRITERS = {
    "diversion.documents.typesetting.typeset": "what its callers hand to it, each of whom stands here",
    "referrals.views.agreement.agreement_pdf": "one person's own agreement",
    "referrals.views.evidence.download": "one file of one person, to whoever helps them",
    "diversion.attachments.cleaning.bounded": "that this process is the first to end, to the host’s own memory",
    "diversion.shared_cache.JsonSerializer.dumps": "counts of failed sign-ins, to our own Redis",
    "diversion.logs.JsonLine.format": "a line of the service's own log; of the access log codes and keys",
    "diversion.accounts.factors.passkey_question": "a random question to a browser",
    "diversion.accounts.factors.new_passkey_question": "a random question to a browser",
    "diversion.accounts.factor_views._keep_codes": "a user's own new recovery codes",
    "diversion.accounts.permits.allow_factor": "a digest of what is kept of a second factor",
    "diversion.accounts.sign_in.remember": "a cookie that says which accounts a browser has signed in to",
    "cases.management.commands.import_offences.Command.handle": "rows of the operator's own file of offences",
    "diversion.management.commands.import_crimes.Command._finish": "rows of the operator's own file of crimes",
    "cases.models.shared.text_of": "words of the rulebooks, of nobody",
    "diversion.management.bundling.fill": "packages and licences of the code",
    "diversion.management.bundling.sign": "a signature of the code's files",
    "diversion.management.commands.bundle.Command.handle": "sums of the code's files",
    "diversion.management.commands.backup.Command.handle": "rows of all tables together",
    "diversion.management.commands.restore.Command.handle": "rows of all tables together",
    "diversion.management.commands.disabled_accounts.Command.handle": "addresses of staff",
    "diversion.management.lists.ListCommand.finish": "rows of the operator's own list",
    "referrals.presenters.managing.return_csv": DOOR,
    "referrals.views.managing.monthly_return": DOOR,
    "reporting.monitoring.files.as_json": DOOR,
    "reporting.monitoring.files.as_csv": DOOR,
    "reporting.actions.reports.finish": DOOR,
    "reporting.management.commands._figures.FiguresCommand.handle": DOOR,
    "reporting.management.commands.make_release.Command.handle": DOOR,
    "reporting.management.commands.sample_unconsidered.Command.handle": DOOR,
    "reporting.views.reports.report_file": DOOR,
    "reporting.views.releases.release_file": DOOR,
    "reporting.views.releases.release_workbook": DOOR,
    "reporting.views.releases.release_paper": DOOR,
    "reporting.views.reports.report_paper": DOOR,
    "diversion.documents.typesetting.as_attachment": "what its callers hand to it, each of whom stands here",
    "reporting.views.release_checks._value": "the name of a cell, without its count",
    "reporting.views.release_checks._initial": "the name of a cell, without its count",
    "reporting.actions.releases.as_file": "a release, suppressed before it is written",
    "reporting.management.commands.attack.Command.line": "a file that has left already",
    "reporting.management.commands.compare_releases.Command.handle": "files that have left already",
    "reporting.management.commands._importing.ImportCommand.handle": "rows read and kept of the operator's own file",
    "reporting.management.commands.import_population.Command.handle": "residents, as the operator's own file has them",
    "reporting.management.commands.check_mapping.Command.handle": "rows of the operator's own file, tried in all",
    "reporting.management.commands.draft_mapping.Command.handle": "a mapping of the operator's own file",
    "reporting.intake.drafting._text": "a word of a mapping",
    "reporting.intake.reading.sheets.SheetTable._row": "a row of the operator's own file, for its rejects",
    "reporting.intake.reading.objects._text": "a value of the operator's own file",
    "reporting.management.commands.forget_extracts.Command.handle": "rows of the operator's own files, in all",
    "reporting.management.commands.undo_import.Command.handle": "facts that an import brought or replaced, in all",
    "reporting.intake.rejects.Rejects.__init__": "rejected rows of the operator's own file",
    "reporting.views.reports.report_progress": "how far a report has come",
    "referrals.management.commands.assess.Command.handle": "one made-up set of facts",
    "diversion.design_system.errors.error_page": "an error page",
    "diversion.design_system.gallery.progress": "made-up",
    "diversion.unit_of_work._said": "who asks, to the database",
    "diversion.gauges.metrics": "work done and waiting",
    "diversion.views.health": "whether the parts work",
    "diversion.views.ready": "whether the parts are there",
}
#: How a function shows that what it writes has an audience.
PROOFS = {"release_file", "drafted", "checked", "Leaving", "Report", "released", "sample_unconsidered", "file_of"}
PROOFS |= {"report_to_take"}
AGGREGATES = {"Count", "Sum", "Avg", "StdDev", "Variance", "aggregate", "Counter", "bincount", "groupby"}
WRITES = {"dump", "dumps", "writer", "DictWriter", "JsonResponse", "HttpResponse", "StreamingHttpResponse"}
WRITES |= {"FileResponse", "write_text", "write_bytes", "typeset"}
COUNTS_IN_SQL = re.compile(r"\b(count|sum|avg)\s*\(|\bGROUP\s+BY\b", re.IGNORECASE)

#: What templates may count: parts of forms, rules and pages, and rows of a list that its reader may open one by one.
TEMPLATES = {
    *("navigation|length", "row.actions|length", "formset.forms|length", "row.option.criteria|length"),
    *(
        "crimes|length",
        "crimes.forms|length",
        "page.conditions.forms|length",
        "earlier.forms|length",
        *("offered.open|length", "offered.more|length", "offered.ruled_out|length"),
        "people.shown|length",
        *("search.found.people|length",),
        "slots|length",
        "unfinished|length",
    ),
    *("questions|length", "item.count", "page.paginator.count", "page.paginator.count|count"),
}
COUNTING_TAG = re.compile(r"[\w.]+(?:\|length(?:_is)?|\|add|\|divisibleby|\.count\b)(?:\|\w+)?|widthratio|\bregroup\b")


def modules() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in sorted((ROOT / app).rglob("*.py")) if not APART & set(path.parts))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def shows(module: str) -> bool:
    """Whether the module puts things in front of somebody."""
    return bool(re.search(r"\.(views|presenters\w*|tags|commands)\b", module))


def faults(path: Path, source: str) -> list[str]:
    """What the module does that only the door's own side may, in words."""
    module, tree = name_of(path), ast.parse(source)
    if module.startswith(PURE):
        return []
    inside = module in MAKERS | GATES
    found = [] if inside else [*_reaching_in(module, tree)]
    found += _stored(module, tree)
    for name, function in _functions(tree):
        found += _calls(module, f"{module}.{name}" if name else module, function, inside=inside)
    return found


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, list[ast.AST]]]:
    """(qualified name, its own nodes) of each function, and of the module and its classes themselves."""
    own: list[ast.AST] = []

    def walk(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not _nested(within):
                yield child.name, child
            else:
                own.append(child)
                yield from walk(child)

    inner = list(walk(tree))
    yield within, own
    for name, node in inner:
        below = f"{within}.{name}" if within else name
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, below)
        else:
            yield below, list(ast.walk(node))


def _nested(within: str) -> bool:
    return within.count(".") > 1


def _imports(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """(module, name, called) of every import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name, alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "", alias.asname or alias.name) for alias in node.names)


def _reaching_in(module: str, tree: ast.AST) -> Iterator[str]:
    whole = {}
    for source, name, called in _imports(tree):
        if f"{source}.{name}" in MAKERS | GATES or (source in MAKERS | GATES and not name):
            whole[called] = f"{source}.{name}".strip(".")
        elif source in MAKERS | GATES and not _may_be_taken(source, name):
            yield f"{module} takes {name} from {source}, where figures are made: take them through the door"
        elif name in ROWS and source.startswith("reporting.models") and not module.startswith(MAY_TOUCH_ROWS):
            yield f"{module} reads the rows of {name} itself: take figures through the door"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in whole:
            source = whole[node.value.id]
            if not _may_be_taken(source, node.attr):
                yield f"{module} takes {source}.{node.attr}, which is no Leaving: take it through the door"


def _may_be_taken(module: str, name: str) -> bool:
    """Whether others may have this name of a maker or a gate: it counts nobody, or gives a Leaving."""
    return name in NOBODY_COUNTED.get(module, ()) or (module in GATES and name in giving(module))


def giving(module: str) -> set[str]:
    """Functions of a gate that give a Leaving, by what they declare (mypy holds them to it)."""
    tree = ast.parse((ROOT / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.returns]
    return {one.name for one in functions if ast.unparse(one.returns or one) in ("Leaving", "Leaving | None", "Report")}


def _stored(module: str, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else ""
        if isinstance(node, ast.alias):
            name = node.name
        if name in STORED and not module.startswith(tuple(STORED[name])):
            yield f"{module} reads the stored figures of '{name}': take them through the door"


def _calls(module: str, place: str, nodes: list[ast.AST], *, inside: bool) -> Iterator[str]:
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in (node for node in nodes if isinstance(node, ast.Call)):
        called = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        rows = called == "count" and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords
        shown = called in ("len", "sum") and shows(module)
        if not inside and place not in WORK and (called in AGGREGATES or rows or shown or _counts_in_sql(node)):
            yield f"{place} counts by {called}: take figures through the door, or say in WORK what it counts"
        if called in WRITES and place not in WRITERS:
            yield f"{place} writes by {called}: say in WRITERS what"
        elif called in WRITES and WRITERS[place] == DOOR and not names & PROOFS:
            yield f"{place} writes figures that did not come through the door"


def _counts_in_sql(call: ast.Call) -> bool:
    told = [*call.args, *(keyword.value for keyword in call.keywords)]
    text = [node.value for one in told for node in ast.walk(one) if isinstance(node, ast.Constant)]
    return any(isinstance(one, str) and COUNTS_IN_SQL.search(one) for one in text)


def template_faults(source: str) -> list[str]:
    """What a template counts by itself."""
    tags = re.findall(r"{[{%](.*?)[}%]}", source, re.DOTALL)
    return [each for tag in tags for each in COUNTING_TAG.findall(tag) if each not in TEMPLATES]
