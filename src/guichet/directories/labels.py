"""Labels of the national code tables: NAF rev. 2, legal forms, head counts, departments.

Source: INSEE's nomenclatures (Licence Ouverte). A code that a table does not hold has no label.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from guichet.directories.values import Coded

OVERSEAS = ("97", "98")
# FINESS writes the overseas departments 9A to 9F, and the third digit goes to the commune.
FINESS_OVERSEAS = frozenset({"9A", "9B", "9C", "9D", "9E", "9F"})


@cache
def _table(name: str) -> Mapping[str, str]:
    resource = files("guichet.directories") / "tables" / f"{name}.csv"
    with resource.open(encoding="utf-8") as stream:
        return {row["code"]: row["label"] for row in csv.DictReader(stream)}


def naf(code: str) -> Coded:
    """An activity; the code is kept without its dot, as the procedure prints it."""
    bare = code.replace(".", "")
    return Coded(bare, _table("naf").get(bare, ""))


def legal_form(code: str) -> Coded:
    """A legal form (catégorie juridique, level III)."""
    return Coded(code, _table("legal_forms").get(code, ""))


def headcount(code: str) -> str:
    """The label of a head count band, empty when not told."""
    return _table("headcounts").get(code, "")


def department_number(insee_code: str) -> str:
    """The department of a commune: two characters, three overseas."""
    return insee_code[:3] if insee_code.startswith(OVERSEAS) else insee_code[:2]


def department_name(number: str) -> str:
    """The name of a department, as certificates write it."""
    return _table("departments").get(number, "")


def insee_code_of_finess(department: str, commune: str) -> str:
    """The commune's code out of FINESS's two columns."""
    if not commune:
        return ""
    return ("97" if department in FINESS_OVERSEAS else department) + commune
