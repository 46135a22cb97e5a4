"""How templates are found where the State's theme is worn: its own first, then ours, dressed."""

from pathlib import Path
from typing import Any, Final

from django.template import Origin
from django.template.loaders import app_directories

from guichet.web.themes.classes import dressed

FOLDER: Final = Path(__file__).parent / "dsfr"
LOADER: Final = "guichet.web.themes.loading.Loader"


class Loader(app_directories.Loader):
    """Templates of the theme, else those of the apps with its class names; mails are left alone."""

    def get_dirs(self) -> list[str | Path]:
        """The theme's folder before those of the apps."""
        return [FOLDER, *super().get_dirs()]

    def get_contents(self, origin: Origin) -> str:
        """The text of a template, dressed when it is a page. Raises TemplateDoesNotExist."""
        text = super().get_contents(origin)
        return dressed(text) if str(origin.name).endswith(".html") else text


def options(*, is_of_the_state: bool) -> dict[str, Any]:
    """Options of Django's engine; none in the neutral theme, which looks in the apps alone."""
    if not is_of_the_state:
        return {}
    return {"loaders": [("django.template.loaders.cached.Loader", [LOADER])]}
