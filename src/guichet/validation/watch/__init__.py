"""The freshness watchdog: what relying parties fetch, fetched and checked as they would."""

from guichet.validation.watch.loop import Watch, run

__all__ = ["Watch", "run"]
