"""Sirene, INSEE's open stock: StockUniteLegale_utf8.csv and StockEtablissement_utf8.csv.

Columns are found by the names of the header, so that new ones change nothing
(INSEE, "Dessin de fichier StockEtablissement" and "StockUniteLegale").
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from guichet.directories import schema
from guichet.directories.days import number_of_day
from guichet.directories.readers import numbers
from guichet.directories.readers.extract import Extract, Layout, rows
from guichet.directories.readers.files import Member
from guichet.directories.readers.lines import Form, Reason, header, numbered_lines, records
from guichet.directories.schema import Row

EXPECTED: Final = "StockUniteLegale_utf8.csv or StockEtablissement_utf8.csv (plain, .gz or .zip)"
FORM: Final = Form(",", quoted=True)
NOT_DISCLOSED: Final = "[ND]"
# The stock of past periods has the same columns and this one.
HISTORY: Final = "dateFin"

ESTABLISHMENT: Final = (
    "siret",
    "statutDiffusionEtablissement",
    "dateCreationEtablissement",
    "etablissementSiege",
    "complementAdresseEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "distributionSpecialeEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "libelleCommuneEtrangerEtablissement",
    "codeCommuneEtablissement",
    "etatAdministratifEtablissement",
    "dateDebut",
    "enseigne1Etablissement",
    "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement",
)
LEGAL_UNIT: Final = (
    "siren",
    "statutDiffusionUniteLegale",
    "dateCreationUniteLegale",
    "denominationUniteLegale",
    "prenomUsuelUniteLegale",
    "prenom1UniteLegale",
    "nomUsageUniteLegale",
    "nomUniteLegale",
    "categorieJuridiqueUniteLegale",
    "activitePrincipaleUniteLegale",
    "trancheEffectifsUniteLegale",
    "etatAdministratifUniteLegale",
    "dateDebut",
)


def read(member: Member, as_of: date | None = None) -> Extract | None:
    """Recognise a file by its header; None when it is neither stock."""
    lines = numbered_lines(member.stream)
    columns = header(lines, FORM)
    day = as_of or member.dated
    fields, number = records(lines, FORM), number_of_day(day)
    if HISTORY in columns:
        return None
    if (layout := _layout(columns, ESTABLISHMENT)) is not None:
        return Extract(schema.ESTABLISHMENTS, day, rows(fields, layout, _establishment, number))
    if (layout := _layout(columns, LEGAL_UNIT)) is not None:
        return Extract(schema.COMPANIES, day, rows(fields, layout, _company, number))
    return None


def _layout(columns: Sequence[str], names: Sequence[str]) -> Layout | None:
    if not set(names) <= set(columns):
        return None
    return Layout(FORM, tuple(map(columns.index, names)), len(columns), exact=True)


def _establishment(values: Sequence[str], as_of: int) -> Row | Reason:
    """One establishment. Names are unpacked: attributes would cost more than the parsing."""
    (
        siret, disclosure, created, head, complement, number, repetition, way, street, box,
        postcode, town, town_abroad, insee, state, since, sign, usual_name, naf,
    ) = values  # fmt: skip
    key = numbers.siret(siret)
    if key is None:
        return Reason.SIRET
    if complement or repetition or box or not (number and way):
        line = " ".join(filter(None, (complement, number, repetition, way, street, box)))
    else:
        line = f"{number} {way} {street}"
    return (
        key,
        # Not booleans: the database's adapter would look at each of them.
        1 if disclosure == "O" else 0,
        created,
        1 if head == "true" else 0,
        line,
        postcode,
        town or town_abroad,
        insee,
        1 if state == "A" else 0,
        since,
        sign or usual_name,
        naf,
        as_of,
    )


def _company(values: Sequence[str], as_of: int) -> Row | Reason:
    (
        siren, disclosure, created, name, usual_first, first, usual_last, last,
        legal_form, naf, headcount, state, since,
    ) = values  # fmt: skip
    key = numbers.siren(siren)
    if key is None:
        return Reason.SIREN
    known_as = name or " ".join(filter(None, (usual_first or first, usual_last or last)))
    return (
        key,
        1 if disclosure == "O" and NOT_DISCLOSED not in known_as else 0,
        created,
        known_as,
        legal_form,
        naf,
        headcount,
        1 if state == "A" else 0,
        since,
        as_of,
    )
