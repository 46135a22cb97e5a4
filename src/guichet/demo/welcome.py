"""What `make run` prints once everything answers: addresses, identities, what to try first."""

from django.conf import settings
from rich.console import Console
from rich.table import Table

from guichet.demo.agents import AGENTS
from guichet.demo.files import P12_PASSWORD
from guichet.demo.people import CITIZENS, NEW_CARDS, PEOPLE, REFUSED_CARDS


def say_welcome(console: Console, seconds: float) -> None:
    """Print the page; `seconds` is how long the start took."""
    environment = settings.GUICHET
    folder = environment.state / "demo"
    console.print(f"\n[bold]Guichet est ouvert[/] (prêt en {seconds:.1f} s)\n")
    addresses = Table.grid(padding=(0, 3))
    addresses.add_row("Portail", environment.portal_url + "/")
    addresses.add_row("Connexion par carte, API REST", environment.card_url + "/")
    addresses.add_row("Banc d’authentification mutuelle", environment.bench_url + "/")
    addresses.add_row("OCSP, LCR, certificats d’AC", environment.pki_url + "/")
    addresses.add_row("Courriers de la démonstration", environment.portal_url + "/courriers/")
    console.print(addresses)
    people = Table(title="Identités de démonstration", title_justify="left")
    for heading in ("Carte", "Nom", "Qualité"):
        people.add_column(heading)
    for person in (*PEOPLE, *NEW_CARDS, *REFUSED_CARDS):
        people.add_row(f"cards/{person.file}.p12", person.name, person.says)
    console.print(people)
    citizens = ", ".join(citizen.name for citizen in CITIZENS)
    console.print(f"FranceConnect de démonstration : {citizens}")
    agents = ", ".join(agent.name for agent in AGENTS)
    console.print(f"ProConnect de démonstration : {agents}")
    console.print(f"Cartes dans {folder / 'cards'} (mot de passe des .p12 : {P12_PASSWORD})")
    console.print(
        "\n[bold]À essayer d’abord[/]\n"
        "  Sans carte : ouvrez le portail, « Se connecter », puis e-CPS, et choisissez SOPHIE.\n"
        "  Comme représentant : FranceConnect, ou un compte Guichet (voir Courriers).\n"
        f"  Avec une carte : importez cards/sophie.p12 et trust/racine.pem ({folder}).\n"
        "  En ligne de commande : docs/tutorials/premier-certificat.md\n"
        "  Ctrl-C arrête tout ; `make run` reprend où vous en étiez.\n"
    )
