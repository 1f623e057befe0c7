from reporting.models.alone import AloneItem, AloneSample
from reporting.models.fact import Fact, ReplacedFact, SuppressedCount
from reporting.models.followup import FollowUp, FollowUpBatch
from reporting.models.importing import ImportBatch, ReplacedValue, UnrecognisedValue
from reporting.models.month import MonthCount, MonthMark
from reporting.models.need import NeedFact
from reporting.models.note import FindingNote
from reporting.models.panel import Panel, PanelCase, PanelFinding, PanelMember, PanelPack, PanelVote
from reporting.models.population import Population
from reporting.models.release import Release, ReleaseCheck
from reporting.models.report import ReportArtefact, ReportRun
from reporting.models.sample import DipSample, DipSampleItem
from reporting.models.schedule import ReportPurpose, ReportSchedule
from reporting.models.stage import StageFact
from reporting.models.suspect import Suspect, SuspectBatch
from reporting.models.victim import VictimFact

__all__ = [
    "AloneItem",
    "AloneSample",
    "DipSample",
    "DipSampleItem",
    "Fact",
    "FindingNote",
    "FollowUp",
    "FollowUpBatch",
    "ImportBatch",
    "MonthCount",
    "MonthMark",
    "NeedFact",
    "Panel",
    "PanelCase",
    "PanelFinding",
    "PanelMember",
    "PanelPack",
    "PanelVote",
    "Population",
    "Release",
    "ReleaseCheck",
    "ReplacedFact",
    "ReplacedValue",
    "ReportArtefact",
    "ReportPurpose",
    "ReportRun",
    "ReportSchedule",
    "StageFact",
    "SuppressedCount",
    "Suspect",
    "SuspectBatch",
    "UnrecognisedValue",
    "VictimFact",
]
