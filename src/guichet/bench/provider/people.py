"""The people of the demo as Pro Santé Connect tells them.

Names of claims as public integrations of Pro Santé Connect show them; codes of a profession and of
an activity are chosen (docs/reference/pro-sante-connect.md), for the demo's people have none.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# The pattern of subjects that a Keycloak with its own directory of people makes.
DIRECTORY: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://guichet.test/psc")
PROFESSION: Final = "10"
PROFESSIONS: Final = "1.2.250.1.213.1.1.5.5"
SECTOR: Final = "SA01"
SECTORS: Final = "1.2.250.1.71.4.2.4"
LEVEL: Final = "APPPRIP3^1.2.250.1.213.1.5.1.1.1"
LOCALE: Final = "1.2.250.1.213.1.3.1.1"
# A scope that names the person; "scope_all" is what clients of Pro Santé Connect ask.
NAMING: Final = frozenset({"profile", "scope_all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the demo. `key` is what the page sends back; `workplaces` are structures."""

    key: str
    national_id: str
    given_name: str
    family_name: str
    says: str
    workplaces: tuple[Mapping[str, str], ...]

    @property
    def name(self) -> str:
        """Display name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def subject(self) -> str:
        """The technical identifier, the same for every client."""
        return f"f:{DIRECTORY}:{self.national_id}"


def read(path: Path) -> tuple[Person, ...]:
    """The people of identities.json. Raises OSError, KeyError or ValueError."""
    return tuple(
        Person(
            key=str(told["oidc_sub"]),
            national_id=str(told["national_id"]),
            given_name=str(told["given_name"]),
            family_name=str(told["family_name"]),
            says=str(told["says"]),
            workplaces=tuple(told["workplaces"]),
        )
        for told in json.loads(path.read_text())["people"]
    )


def identity(person: Person) -> dict[str, Any]:
    """What the id_token tells."""
    return {
        "sub": person.subject,
        "preferred_username": person.national_id,
        "given_name": person.given_name,
        "family_name": person.family_name,
    }


def userinfo(person: Person, scopes: Sequence[str]) -> dict[str, Any]:
    """What userinfo tells: the subject alone, unless a scope names the person."""
    if not NAMING & set(scopes):
        return {"sub": person.subject}
    first = person.workplaces[0] if person.workplaces else {"national_id": "", "legal_name": ""}
    return {
        **identity(person),
        "SubjectNameID": person.national_id,
        "SubjectRole": [f"{PROFESSION}^{PROFESSIONS}"],
        "SubjectOrganizationID": first["national_id"],
        "SubjectOrganization": first["legal_name"],
        "Secteur_Activite": f"{SECTOR}^{SECTORS}",
        "Mode_Acces_Raison": "",
        "Acces_Regulation_Medicale": "FAUX",
        "Palier_Authentification": LEVEL,
        "PSI_Locale": LOCALE,
        "UITVersion": "1.0",
        "codeCivilite": "M",
        "codeGenreActivite": "GENR01",
        "otherIds": [_other_id(person)],
        "SubjectRefPro": {"codeCivilite": "M", "exercices": [_practice(person)]},
    }


def _other_id(person: Person) -> dict[str, Any]:
    return {"identifiant": person.national_id, "origine": "RPPS", "qualite": 1}


def _practice(person: Person) -> dict[str, Any]:
    return {
        "codeProfession": PROFESSION,
        "codeCategorieProfessionnelle": "C",
        "codeCiviliteDexercice": "",
        "nomDexercice": person.family_name,
        "prenomDexercice": person.given_name,
        "codeTypeSavoirFaire": "",
        "codeSavoirFaire": "",
        "activities": [_activity(workplace) for workplace in person.workplaces],
    }


def _activity(workplace: Mapping[str, str]) -> dict[str, str]:
    siret = workplace["siret"]
    return {
        "codeModeExercice": "S",
        "codeSecteurDactivite": SECTOR,
        "codeSectionPharmacien": "",
        "codeRole": "",
        "codeGenreActivite": "GENR01",
        "numeroSiretSite": siret,
        "numeroSirenSite": siret[:9],
        "numeroFinessSite": workplace["finess"],
        "numeroFinessetablissementJuridique": "",
        "identifiantTechniqueDeLaStructure": workplace["national_id"],
        "raisonSocialeSite": workplace["legal_name"],
        "enseigneCommercialeSite": "",
        "codeDepartement": workplace["department"],
        "ancienIdentifiantDeLaStructure": workplace["national_id"],
        "autoriteDenregistrement": "",
    }
