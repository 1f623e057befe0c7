"""One process in which τ-ARGUS hides one table: a JSON object in, the places of the hidden cells out, as JSON.

In: ``names`` of the dimensions, ``counts`` (the groups of a place, then its count), ``small``: the places of counts
under ``threshold``, and how far each has to be able to go down and up. A place has "" for a total. It prints what it
likes to the same stream: the answer is the last line.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from pytauargus.arb import micro_arb
from pytauargus.engine import run_batch
from pytauargus.micro import micro_asc_rda
from pytauargus.result import TableResult

HIDDEN = ("U", "M")
TOTAL = "Total"


def main() -> None:
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # it leaves its logs where it runs
        print(json.dumps(hidden(asked, Path(folder))))


def hidden(asked: dict, folder: Path) -> list[list[str]]:
    names = asked["names"]
    files = {kind: str(folder / f"table.{kind}") for kind in ("asc", "rda", "arb", "tab", "hst")}
    codes = {
        group: f"k{number:03d}" for number, group in enumerate(sorted({g for row in asked["counts"] for g in row[:-1]}))
    }
    people = [row[:-1] for row in asked["counts"] for _ in range(row[-1])]
    columns = {name: [codes[one[at]] for one in people] for at, name in enumerate(names)}
    micro_asc_rda(
        columns | {"N": [1.0] * len(people)}, asc_filename=files["asc"], rda_filename=files["rda"], totcode=TOTAL
    )
    # Its first line decides how many groups there are, and has one number: the cost that the whole has anyway.
    lines = [[*(TOTAL for _ in names), "C", len(people)]]
    lines += [[*(codes.get(group, TOTAL) for group in place), "PL", *by] for place, *by in asked["small"]]
    Path(files["hst"]).write_text("\n".join(",".join(map(str, line)) for line in lines) + "\n", encoding="utf-8")
    micro_arb(
        arb_filename=files["arb"],
        asc_filename=files["asc"],
        rda_filename=files["rda"],
        explanatory_vars=[names],
        response_var="N",
        safety_rules=f"FREQ({asked['threshold']},100)",
        suppress="OPT(1)",
        output_names=[files["tab"]],
        output_type="5",
        output_options="SO+",
        apriori=[files["hst"]],
    )
    run_batch(files["arb"])
    words = {code: group for group, code in codes.items()}
    rows = TableResult(path=files["tab"], exp_vars=names, response="N").rows
    return [[words.get(row[name], "") for name in names] for row in rows if row["status"] in HIDDEN]


if __name__ == "__main__":
    main()
