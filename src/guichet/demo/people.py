"""Who lives in the demo: structures, people, cards and the rights that the cards hold."""

from dataclasses import dataclass, field
from typing import Final

from guichet.habilitations.structures import StructureFacts


@dataclass(frozen=True, slots=True)
class DemoRight:
    """What a card may order for one structure and one offer."""

    structure: str
    offer: str
    usages: tuple[str, ...]
    domains: tuple[str, ...] = ()
    mail_domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person, the card in hand and what it opens. `file` names the card's files."""

    file: str
    surname: str
    given_name: str
    national_id: str
    card_number: str
    email: str
    roles: tuple[str, ...]
    says: str
    card_authority: str = "ACI-FO-PP-TEST"
    rights: tuple[DemoRight, ...] = field(default=())
    represents: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Display name."""
        return f"{self.given_name} {self.surname}"


@dataclass(frozen=True, slots=True)
class DemoCitizen:
    """Somebody whom the demo's FranceConnect knows, and no register of cards does."""

    sub: str
    surname: str
    given_names: str
    birthdate: str
    email: str
    says: str

    @property
    def name(self) -> str:
        """Display name."""
        return f"{self.given_names} {self.surname}"


HOSPITAL: Final = "10B0135356"
AGENCY: Final = "318751275100020"
LABORATORY: Final = "10B0288882"

STRUCTURES: Final = (
    StructureFacts(
        national_id=HOSPITAL,
        legal_name="HOPITAL DES 3 DAMES",
        siret="99999003900011",
        finess="0B0135356",
        department_name="Paris",
        department_number="75",
        naf_code="8610Z",
        naf_label="Activités hospitalières",
        address="3 RUE DES DAMES 75017 PARIS FRANCE",
    ),
    StructureFacts(
        national_id=AGENCY,
        legal_name="AGENCE DU NUMERIQUE EN SANTE",
        siret="18751275100020",
        finess="",
        department_name="Paris",
        department_number="75",
        naf_code="8412Z",
        naf_label=(
            "Administration publique (tutelle) de la santé, de la formation, de la culture et des "
            "services sociaux, autre que sécurité sociale"
        ),
        address="9 RUE GEORGES PITARD 75015 PARIS FRANCE",
    ),
    StructureFacts(
        national_id=LABORATORY,
        legal_name="LABORATOIRE DU PORT",
        siret="39912345400023",
        finess="0B0288882",
        department_name="Rhône",
        department_number="69",
        naf_code="8690B",
        naf_label="Laboratoires d’analyses médicales",
        address="12 QUAI DU PORT 69002 LYON FRANCE",
    ),
)

PEOPLE: Final = (
    DemoPerson(
        file="sophie",
        surname="DIRECTRICE-CH143590001",
        given_name="SOPHIE",
        national_id="899700143599",
        card_number="2800143590",
        email="sophie.directrice@hopital-3-dames.test",
        roles=("administrator",),
        says="administratrice technique de l’HOPITAL DES 3 DAMES",
        rights=(
            DemoRight(HOSPITAL, "ORG", ("AUTH_CLI", "SIGN", "CONF")),
            DemoRight(
                HOSPITAL,
                "SERV",
                ("SSL_SERV", "SMIME", "SIGN", "CONF"),
                domains=("hopital-3-dames.fr",),
                mail_domains=("hopital-3-dames.fr",),
            ),
            DemoRight(
                HOSPITAL, "PRO", ("AUTH", "SIGN", "CONF"), mail_domains=("hopital-3-dames.fr",)
            ),
            DemoRight(LABORATORY, "ORG", ("AUTH_CLI",)),
        ),
    ),
    DemoPerson(
        file="jeanne",
        surname="CHARLES",
        given_name="JEANNE",
        national_id="899700203047",
        card_number="0203040506",
        email="jeanne.charles@sante.test",
        roles=("administrator",),
        says="administratrice technique de l’AGENCE DU NUMERIQUE EN SANTE",
        card_authority="ACI-ST-PP-TEST",
        rights=(DemoRight(AGENCY, "ORG", ("AUTH_CLI", "SIGN", "CONF")),),
    ),
    DemoPerson(
        file="jean",
        surname="DUPONT",
        given_name="JEAN",
        national_id="899700102033",
        card_number="0102030405",
        email="jean.dupont@hopital-3-dames.test",
        roles=("representative",),
        says="représentant légal de l’HOPITAL DES 3 DAMES et de l’AGENCE (suit et révoque)",
        represents=(HOSPITAL, AGENCY),
    ),
    DemoPerson(
        file="ines",
        surname="MOREL",
        given_name="INÈS",
        national_id="899700301015",
        card_number="2800301011",
        email="ines.morel@guichet.test",
        roles=("instructor",),
        says="instructrice",
    ),
    DemoPerson(
        file="lucie",
        surname="BERNARD",
        given_name="LUCIE",
        national_id="899700302021",
        card_number="2800302023",
        email="lucie.bernard@guichet.test",
        roles=("supervisor", "instructor"),
        says="superviseure de l’instruction",
    ),
    DemoPerson(
        file="oscar",
        surname="PETIT",
        given_name="OSCAR",
        national_id="899700401021",
        card_number="2800401022",
        email="oscar.petit@guichet.test",
        roles=("operator",),
        says="opérateur de l’autorité",
    ),
    DemoPerson(
        file="olga",
        surname="GRAND",
        given_name="OLGA",
        national_id="899700402037",
        card_number="2800402035",
        email="olga.grand@guichet.test",
        roles=("operator",),
        says="opératrice de l’autorité (approuve ce que propose OSCAR)",
    ),
    DemoPerson(
        file="aude",
        surname="LEFEBVRE",
        given_name="AUDE",
        national_id="899700501036",
        card_number="2800501033",
        email="aude.lefebvre@guichet.test",
        roles=("auditor",),
        says="auditrice",
    ),
    DemoPerson(
        file="clara",
        surname="ROUX",
        given_name="CLARA",
        national_id="899700801048",
        card_number="2800801041",
        email="clara.roux@guichet.test",
        roles=("ca-officer",),
        says="officière des clés (donne les rôles avec OSCAR, voit les autorités)",
    ),
    DemoPerson(
        file="sami",
        surname="FAURE",
        given_name="SAMI",
        national_id="899700802053",
        card_number="2800802056",
        email="sami.faure@guichet.test",
        roles=("support",),
        says="assistance (cherche et lit, ne décide de rien)",
    ),
)

# Cards made but not registered: whoever presents one is recognised by the register of cards.
NEW_CARDS: Final = (
    DemoPerson(
        file="jeanne2",
        surname="CHARLES",
        given_name="JEANNE",
        national_id="899700203047",
        card_number="2800203049",
        email="jeanne.charles@sante.test",
        roles=("administrator",),
        says="la nouvelle carte de JEANNE, dont les droits sont à reporter",
        card_authority="ACI-ST-PP-TEST",
    ),
)

# Cards that are refused at the door, each for a reason of its own; none is registered.
FORMER_CARD: Final = DemoPerson(
    file="perimee",
    surname="DIRECTRICE-CH143590001",
    given_name="SOPHIE",
    national_id="899700143599",
    card_number="2800143582",
    email="sophie.directrice@hopital-3-dames.test",
    roles=(),
    says="l’ancienne carte de SOPHIE, périmée : elle est refusée",
)
LOST_CARD: Final = DemoPerson(
    file="revoquee",
    surname="DUPONT",
    given_name="JEAN",
    national_id="899700102033",
    card_number="0102030397",
    email="jean.dupont@hopital-3-dames.test",
    roles=(),
    says="la carte que JEAN a perdue, révoquée : elle est refusée",
)
UNKNOWN_CARD: Final = DemoPerson(
    file="inconnue",
    surname="PASSANT",
    given_name="PAUL",
    national_id="899700900006",
    card_number="2800900006",
    email="paul.passant@courriel.test",
    roles=(),
    says="une carte en règle que personne ne connaît ici : elle est refusée",
)
REFUSED_CARDS: Final = (FORMER_CARD, LOST_CARD, UNKNOWN_CARD)

CITIZENS: Final = (
    DemoCitizen(
        sub="citoyen-jean",
        surname="DUPONT",
        given_names="JEAN",
        birthdate="1968-03-14",
        email="jean.dupont@hopital-3-dames.test",
        says="représentant légal de l’HOPITAL DES 3 DAMES, sans sa carte",
    ),
    DemoCitizen(
        sub="citoyen-julien",
        surname="PILOU",
        given_names="JULIEN",
        birthdate="1984-09-02",
        email="julien.pilou@laboratoire-du-port.test",
        says="responsable du LABORATOIRE DU PORT, sans carte",
    ),
    DemoCitizen(
        sub="citoyenne-marie",
        surname="CURIEUSE",
        given_names="MARIE",
        birthdate="1991-11-07",
        email="marie.curieuse@courriel.test",
        says="ne représente personne",
    ),
)
