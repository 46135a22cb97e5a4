"""Debian's Firefox ESR over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), as it is.

Playwright drives a Firefox of its own making, or a newer one than ESR; this speaks the protocol.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

FIREFOX: Final = "firefox-esr"
WAIT_S: Final = 60
LISTENING: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES: Final = """
user_pref("browser.download.folderList", 2);
user_pref("browser.download.dir", "{downloads}");
user_pref("browser.download.useDownloadDir", true);
user_pref("browser.download.always_ask_before_handling_new_types", false);
user_pref("intl.accept_languages", "fr-FR, fr");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


class Firefox:
    """One tab."""

    def __init__(self, socket: ClientConnection, downloads: Path) -> None:
        self._socket = socket
        self._last = 0
        self.downloads = downloads
        wanted = {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": True}}}
        self.version = self.send("session.new", wanted)["capabilities"]["browserVersion"]
        (tab,) = self.send("browsingContext.getTree", {})["contexts"]
        self._tab = tab["context"]

    def send(self, method: str, params: dict[str, Any]) -> Any:
        """One command and its result; raises AssertionError with what Firefox says."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(WAIT_S))
            if answer.get("id") == self._last:
                assert answer["type"] == "success", answer
                return answer["result"]

    def go(self, address: str) -> None:
        """Open a page and wait until it is loaded."""
        params = {"context": self._tab, "url": address, "wait": "complete"}
        self.send("browsingContext.navigate", params)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page: a text, a number, true or false, or None."""
        target = {"context": self._tab}
        params = {"expression": expression, "awaitPromise": True, "target": target}
        answer = self.send("script.evaluate", params)
        assert answer["type"] == "success", (expression, answer)
        return answer["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until an expression is true, on this page or the next."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            try:
                if found := self.ask(f"document.readyState === 'complete' && ({expression})"):
                    return found
            except AssertionError:
                pass  # between two pages
            time.sleep(0.1)
        raise AssertionError(f"never: {expression}; {self.ask('document.body.innerText')}")

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.until(f"document.querySelector({json.dumps(selector)})")
        self.ask(
            f"{{ const field = document.querySelector({json.dumps(selector)});"
            f"field.value = {json.dumps(text)};"
            "for (const kind of ['input', 'change'])"
            "  field.dispatchEvent(new Event(kind, { bubbles: true })); }"
        )

    def press(self, selector: str, words: str = "") -> None:
        """Click the first element of this selector that says these words."""
        found = (
            f"[...document.querySelectorAll({json.dumps(selector)})].find((element) =>"
            f"  element.textContent.includes({json.dumps(words)}))"
        )
        self.until(f"!!{found}")
        self.ask(f"{found}.click()")

    def saved(self, ending: str) -> Path:
        """The file of this ending, once it is wholly downloaded."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            whole = [p for p in self.downloads.glob(f"*{ending}") if p.stat().st_size > 0]
            if whole and not list(self.downloads.glob("*.part")):
                return whole[0]
            time.sleep(0.1)
        raise AssertionError(f"no {ending} in {list(self.downloads.iterdir())}")


def _environment(home: Path) -> dict[str, str]:
    """Nothing of Firefox's goes into the home of who runs the tests."""
    return {**os.environ, "HOME": str(home), "MOZ_HEADLESS": "1"}


def _address(log: Path) -> str:
    """Where Firefox says that it listens."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if found := LISTENING.search(log.read_text()):
            return found.group(1)
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextmanager
def running() -> Iterator[Firefox]:
    """Firefox with a profile of its own, both thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="guichet-firefox-"))
    profile, downloads = folder / "profile", folder / "downloads"
    profile.mkdir()
    downloads.mkdir()
    (profile / "user.js").write_text(PREFERENCES.format(downloads=downloads))
    command = [FIREFOX, "--headless", "--no-remote", "--remote-debugging-port=0"]
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--profile", profile], stdout=output, stderr=output, env=_environment(folder)
        )
    try:
        with connect(f"{_address(log)}/session", max_size=None) as socket:
            yield Firefox(socket, downloads)
            socket.send(json.dumps({"id": 0, "method": "browser.close", "params": {}}))
    finally:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
