"""Where a rule comes from, in words that an officer knows.

Rules name their sources by short keys, so that whoever checks one finds it. On a page a key says nothing: whoever has
to authorise cannot tell the law from a local habit.
"""

import re

CODE_OF_PRACTICE = "Code of Practice for Youth Conditional Cautions 2013"
CJI = "Centre for Justice Innovation"
YJLC = " (summary, yjlc.uk)"
NAMES = {
    "2025 EWHC 2797": "High Court [2025] EWHC 2797 (Admin), paragraphs 7 to 8",
    "ACPO13": "ACPO gravity matrix 2013",
    "BB": "Bounce Back (DIVERT)",
    "CANDO": "Remedi in Cumbria",
    "CDA1998-s66A": "Crime and Disorder Act 1998 s.66A",
    "CDA1998-s66B": "Crime and Disorder Act 1998 s.66B",
    "CDA1998-s66ZA": "Crime and Disorder Act 1998 s.66ZA",
    "CDA1998-s66ZB": "Crime and Disorder Act 1998 s.66ZB",
    "CJA2003-s22": "Criminal Justice Act 2003 s.22",
    "CJA2003-s23": "Criminal Justice Act 2003 s.23",
    "CJI-23": f"{CJI} on outcomes 22 and 23",
    "CJI-CP": f"{CJI} on Checkpoint",
    "CJI-CPP": f"{CJI} on Checkpoint Plus",
    "CJI-PF1": f"{CJI} on Pathfinder",
    "CJI-PF2": f"{CJI} on Pathfinder, later",
    "CJI-PFE": f"{CJI} on enhanced Pathfinder",
    "CJI-TV": f"{CJI} on Thames Valley drug diversion",
    "CL-S17": "Criminal Justice and Courts Act 2015 s.17, as amended (summary, crimeline.co.uk)",
    "CLEV21": "Cleveland Police on outcome 21",
    "COLLINS19": "Collins and others 2019 on LEAD",
    "COP-CARA": "College of Policing on CARA",
    "COP-CP": "College of Policing on Checkpoint",
    "CPS-DA19": "Crown Prosecution Service on domestic abuse (a letter of 2019)",
    "CPS-OOCR": "Crown Prosecution Service guidance on out of court resolutions",
    "CREST-TV": "Crest on drug diversion under 18",
    "CSG-CARA": "CrimeSolutions on CARA",
    "CSG-LEAD": "CrimeSolutions on LEAD",
    "CSG-LEAD2": "CrimeSolutions on LEAD, later",
    "CUM-PATH": "Cumbria’s commissioner on Pathways",
    "CYPA1933-s50": "Children and Young Persons Act 1933 s.50",
    "DC": "Devon and Cornwall Police on Pathfinder",
    "DPP24": "Director’s Guidance on Conditional Cautions 2024",
    "DUR1": "Durham Constabulary on Checkpoint, earlier",
    "DUR2": "Durham Constabulary on Checkpoint",
    "DUR3": "Durham Constabulary’s rehabilitation team",
    "DUR-OSC": "Durham council’s scrutiny committee",
    "EN11": "explanatory notes to the PCSC Act 2022",
    "GE": "Surrey’s women’s justice intervention",
    "GM19": "Adult Gravity Matrix 2019",
    "GOV-CODE": "draft code of practice for cautions 2023",
    "GWENT": "Gwent Police on outcomes",
    "KENT-M01": "Kent Police procedure M01",
    "KN": "Kingsley Napley on outcome 22",
    "KNIFE26": "child knife possession guidance 2026",
    "LEG-P6": "PCSC Act 2022 Part 6",
    "MCA1980-s127": "Magistrates’ Courts Act 1980 s.127",
    "MILL": "Millwall Community Trust (DIVERT)",
    "NA-PND": "penalty notice guidance, archived",
    "NECHO": "force practice on community resolutions, as published",
    "PI-TV": "Thames Valley Police on drug diversion",
    "PND14": "penalty notice guidance 2014",
    "PP-KNIFE": "ministers on knife possession by children",
    "RSL": "Surrey’s intervention hub",
    "S101": "PCSC Act 2022 s.101 (summary, crimeline.co.uk)",
    "S17": "Criminal Justice and Courts Act 2015 s.17",
    "S17-EN": "explanatory notes to the Criminal Justice and Courts Act 2015",
    "SC-GUID": "Ministry of Justice guidance on simple cautions",
    "SENTC": "Sentencing Council on out of court disposals",
    "SI790": "SI 2015/790",
    "SLOUGH": "Thames Valley drug diversion in Slough",
    "STRANG": "Strang on CARA",
    "SUR-EIA": "Surrey’s equality assessment of Checkpoint",
    "SUR-PCC": "Surrey’s commissioner on Checkpoint Plus",
    "SWAN": "Swanswell on drug diversion",
    "TWP": "Together Women",
    "WAKE": "Wakefield on Liaison and Diversion",
    "WMP-FOI": "West Midlands Police, under freedom of information",
    "WYLD1": "West Yorkshire Liaison and Diversion",
    "WYLD2": "West Yorkshire Liaison and Diversion, later",
    "YCC-CODE": CODE_OF_PRACTICE,
    "YJLC-CGM": f"Child Gravity Matrix (NPCC){YJLC}",
    "YJLC-CGM25": f"Child Gravity Matrix 2025 (NPCC){YJLC}",
    "YJLC-CR": f"NPCC guidance on community resolutions{YJLC}",
    "YJLC-DP22": f"NPCC guidance on deferred prosecution{YJLC}",
    "YJLC-O22": f"NPCC guidance on outcome 22{YJLC}",
    "YJRH-CGM": "Child Gravity Matrix 2023 (NPCC)",
    "YJRH-PDAT": "Youth Justice Board on the assessment tool",
    "YUDU25": "published force practice 2025",
    "house default": "our default; a setting of the force",
}
KEYS = "|".join(re.escape(key) for key in sorted(NAMES, key=len, reverse=True))
#: A key that is a whole source: alone, or in a list, or behind the title of the rules that name it.
WHOLE = re.compile(rf"((?:^|[,;]|: )\s*)({KEYS})(?=\s*(?:\[[^\]]*\]\s*)?(?:[,;]|$))")
#: Notes from which this service was written, as sources of earlier decisions name them.
NOTES = re.compile(r"domain notes \d+\.\d+(?:(?:,| and) \d+\.\d+)*")
SURE, UNSURE = re.compile(r" ?\[(?:known|found)\]"), re.compile(r"\[(?:unsure|proposal)[^\]]*\]")


def in_words(source: str) -> str:
    """ "YJLC-CR [known]" as "NPCC guidance on community resolutions"; what is a name already stays as it is.

    A force names its sources and schemes itself: letters of a key within a name of theirs stand as they are, or the
    page would tell of an Act that does not exist.
    """
    named = WHOLE.sub(lambda found: f"{found[1]}{NAMES[found[2]]}", source)
    return UNSURE.sub("not settled", SURE.sub("", NOTES.sub("our reading of the guidance", named)))
