"""Where a ceremony talks with the people present: a terminal, or nobody when it is rehearsed alone.

A secret is typed unseen and never printed; a share is shown alone on a screen of its own, which
leaves nothing to scroll back to.
"""

import getpass
import sys
from typing import Final, Protocol

from rich.console import Console
from rich.panel import Panel
from rich.prompt import Confirm, Prompt
from rich.text import Text

from guichet.domain.ceremonies.steps import Step
from guichet.processes import screens

MARKS: Final = {True: "[green]✓[/]", False: "[dim]·[/]"}


class HaltedError(Exception):
    """The ceremony stops here; the message says why, and how to go on."""


class Desk(Protocol):
    """What a ceremony asks of the place where it is held."""

    def say(self, text: str) -> None:
        """Tell something to all present."""

    def refuse(self, text: str) -> None:
        """Tell what is not done, and why."""

    def checklist(self, steps: tuple[tuple[Step, bool], ...]) -> None:
        """Show the steps, and which of them are done."""

    def announce(self, number: int, total: int, step: Step) -> None:
        """Tell which step begins."""

    def confirm(self, question: str) -> bool:
        """Ask yes or no."""

    def ask(self, question: str) -> str:
        """Ask for a line; empty when nothing is given."""

    def ask_secret(self, question: str) -> str:
        """Ask for a line that nobody may see."""

    def hand_share(self, title: str, text: str) -> str:
        """Show a share to one officer alone; return what the officer types back."""


class TerminalDesk:
    """People at a terminal."""

    def __init__(self, screen: Console | None = None) -> None:
        self._screen = screen or Console(soft_wrap=True, highlight=False, emoji=False)

    def say(self, text: str) -> None:
        """A line of its own."""
        self._screen.print(text, markup=False)

    def refuse(self, text: str) -> None:
        """On standard error."""
        screens.refusing().print(text)

    def checklist(self, steps: tuple[tuple[Step, bool], ...]) -> None:
        """One line a step."""
        for number, (step, is_done) in enumerate(steps, start=1):
            self._screen.print(f"{MARKS[is_done]} {number:>2}. ", Text(step.english), sep="")

    def announce(self, number: int, total: int, step: Step) -> None:
        """A frame, in both languages."""
        words = Text(f"{step.english}\n", style="bold").append(step.french, style="not bold dim")
        self._screen.print(Panel(words, title=f"{number}/{total}", title_align="left"))

    def confirm(self, question: str) -> bool:
        """Yes or no, without a default: nothing happens by a key pressed too long."""
        return Confirm.ask(Text(question), console=self._screen)

    def ask(self, question: str) -> str:
        """A line."""
        return Prompt.ask(Text(question), console=self._screen, default="", show_default=False)

    def ask_secret(self, question: str) -> str:
        """Typed without an echo."""
        return getpass.getpass(f"{question}: ")

    def hand_share(self, title: str, text: str) -> str:
        """On the terminal's other screen, cleared before it is typed back and when it is left.

        Raises HaltedError where there is no terminal.
        """
        if not (self._screen.is_terminal and sys.stdin.isatty()):
            raise HaltedError(
                "A share is shown on a terminal alone, never in a pipe or a file: "
                "run this on the machine's own console."
            )
        with self._screen.screen(hide_cursor=False):
            self._screen.print(Panel(Text(text, style="bold"), title=Text(title), padding=(1, 2)))
            self._screen.input("Write it down, seal it, then press Enter: it is not shown again. ")
            self._screen.clear()
            self._screen.print(Text(title))
            return self._screen.input("Type it back from your paper: ")


class UnattendedDesk:
    """Nobody: every question is answered yes, every share typed back right. For rehearsals."""

    def __init__(self, secret: str, screen: Console | None = None) -> None:
        self._secret = secret
        self._terminal = TerminalDesk(screen)

    def say(self, text: str) -> None:
        """Printed."""
        self._terminal.say(text)

    def refuse(self, text: str) -> None:
        """On standard error."""
        self._terminal.refuse(text)

    def checklist(self, steps: tuple[tuple[Step, bool], ...]) -> None:
        """Printed."""
        self._terminal.checklist(steps)

    def announce(self, number: int, total: int, step: Step) -> None:
        """Printed."""
        self._terminal.announce(number, total, step)

    def confirm(self, question: str) -> bool:
        """Always yes."""
        return bool(question)

    def ask(self, question: str) -> str:
        """Nothing is given."""
        del question
        return ""

    def ask_secret(self, question: str) -> str:
        """The throw-away secret."""
        del question
        return self._secret

    def hand_share(self, title: str, text: str) -> str:
        """Typed back right, shown to nobody."""
        del title
        return text
