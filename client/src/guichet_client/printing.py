"""Standard output: what an old terminal cannot show and a pipe closed early are no faults."""

import io
import os
import sys


def prepare() -> None:
    """Have signs that the terminal has not replaced, whoever prints: argparse and `input` too."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def write(text: str) -> None:
    """Print a text that ends its last line."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has read enough; Python flushes once more as it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
