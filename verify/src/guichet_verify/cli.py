"""The command line: reads one file, prints what was found, ends with a code."""

import argparse
import json
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Final

from guichet_verify import __version__, pem, printing, wording
from guichet_verify.findings import Level
from guichet_verify.notes import VerifierKey
from guichet_verify.reading import OCTETS_AT_MOST
from guichet_verify.verifying import Report, Trust, verify

MARKS: Final = {Level.GOOD: "✓", Level.NOTE: "•", Level.BAD: "✗"}


class Exit(IntEnum):
    """How the command ends."""

    PROVED = 0
    REFUSED = 1
    USAGE = 2
    UNREADABLE = 3
    INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; its exit code, as the README documents them."""
    printing.prepare()
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _run(argv: Sequence[str] | None) -> Exit:
    asked = _parser(wording.language()).parse_args(argv)
    language = asked.language or wording.language()
    try:
        with Path(asked.file).open("rb") as stream:
            data = stream.read(OCTETS_AT_MOST + 1)
        trust = Trust(key=_key(asked.key), roots=_roots(asked.roots), checkpoint=asked.checkpoint)
    except OSError as error:
        sys.stderr.write(_said(language, "cannot-read", place=str(error.filename)))
        return Exit.UNREADABLE
    except ValueError:
        sys.stderr.write(_said(language, "bad-trust"))
        return Exit.USAGE
    report = verify(data, trust)
    printing.write(_as_json(report, language) if asked.json else _as_text(report, language))
    if not report.ok:
        return Exit.REFUSED
    return Exit.PROVED if report.is_compared else Exit.UNREADABLE


def _parser(language: str) -> argparse.ArgumentParser:
    said = wording.words(language)["help"]
    parser = argparse.ArgumentParser("guichet-verify", description=said["description"])
    parser.add_argument("file", metavar="FILE", help=said["file"])
    parser.add_argument("--key", metavar="VKEY", help=said["key"])
    parser.add_argument("--checkpoint", metavar="FILE|URL", help=said["checkpoint"])
    parser.add_argument("--roots", metavar="PEM", help=said["roots"])
    parser.add_argument("--language", choices=wording.LANGUAGES, help=said["language"])
    parser.add_argument("--json", action="store_true", help=said["json"])
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _key(told: str | None) -> VerifierKey | None:
    """A key given as it is written, or by the file it stands in. Raises OSError, ValueError."""
    if told is None:
        return None
    is_written = "+" in told and not Path(told).is_file()
    return VerifierKey.parse(told if is_written else Path(told).read_text("utf-8"))


def _roots(told: str | None) -> str | None:
    """Raises OSError, ValueError for a file without certificates."""
    if told is None:
        return None
    # What explains the certificates may be in any encoding.
    text = pem.certificates(Path(told).read_text("ascii", "replace"))
    pem.ders(text)
    return text


def _said(language: str, name: str, **facts: str) -> str:
    return wording.words(language)["ends"][name].format(**facts) + "\n"


def _as_text(report: Report, language: str) -> str:
    steps = wording.words(language)["steps"]
    lines, step = [], ""
    for finding in report.findings:
        if finding.step.value != step:
            step = finding.step.value
            lines.append(steps[step])
        lines.append(f"  {MARKS[finding.level]} {wording.sentence(finding, language)}")
    end = _said(language, "proved" if report.ok else "refused")
    return "\n".join(lines) + "\n\n" + end


def _as_json(report: Report, language: str) -> str:
    findings = [
        {
            "step": finding.step.value,
            "level": finding.level.value,
            "code": finding.code.value,
            "facts": dict(finding.facts),
            "words": wording.sentence(finding, language),
        }
        for finding in report.findings
    ]
    told = {"proved": report.ok, "findings": findings}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
