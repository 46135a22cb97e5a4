"""Signs requests by django-ca, in the environment of its own where it is installed.

Usage: django_ca_script.py FOLDER CSRS SECONDS COMMANDS. FOLDER holds authority.pem, of the common
name `bench`, and authority.key; CSRS is a file of requests in PEM. Told as JSON: certificates in
how many seconds by its ORM, then by its command `sign_cert` run so many times in a process each.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

END = "-----END CERTIFICATE REQUEST-----\n"
urlpatterns: list[object] = []


def configure(folder: Path) -> None:
    import django
    from django.conf import settings

    options = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    settings.configure(
        SECRET_KEY="bench",  # noqa: S106 of a database that is thrown away
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_ca"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "django-ca.db",
                "OPTIONS": options,
            }
        },
        ROOT_URLCONF=__name__,
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "django-ca": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(folder / "keys")},
            },
        },
        CA_DEFAULT_HOSTNAME="localhost",
    )
    django.setup()
    from django.urls import include, path

    urlpatterns.append(path("django_ca/", include("django_ca.urls")))


def by_its_orm(requests: list[bytes], seconds: float) -> tuple[int, float]:
    """As many as are signed in about so many seconds."""
    from cryptography import x509
    from django_ca.models import Certificate, CertificateAuthority

    authority = CertificateAuthority.objects.get(name="bench")
    options = authority.key_backend.get_use_private_key_options(authority, {})

    def sign(pem: bytes) -> None:
        csr = x509.load_pem_x509_csr(pem)
        Certificate.objects.create_cert(authority, options, csr, subject=csr.subject)

    first, *others = requests
    sign(first)
    count, started = 0, time.perf_counter()
    for pem in others:
        sign(pem)
        count += 1
        if time.perf_counter() - started > seconds:
            break
    return count, time.perf_counter() - started


def by_its_command(folder: Path, requests: list[bytes]) -> tuple[int, float]:
    """A process each."""
    started = time.perf_counter()
    for number, pem in enumerate(requests):
        command = [sys.executable, __file__, str(folder), "sign_cert", "--ca", "bench"]
        subject = ["--subject", f"C=FR,CN=command-{number}"]
        subprocess.run([*command, *subject], input=pem, check=True, stdout=subprocess.DEVNULL)
    return len(requests), time.perf_counter() - started


def main(folder: Path, *arguments: str) -> None:
    configure(folder)
    from django.core.management import call_command

    if arguments[0] == "sign_cert":
        call_command(*arguments)
        return
    file, seconds, commands = arguments
    requests = [f"{pem}{END}".encode() for pem in Path(file).read_text().split(END) if pem]
    call_command("migrate", verbosity=0)
    call_command("import_ca", "bench", folder / "authority.key", folder / "authority.pem")
    orm = by_its_orm(requests, float(seconds))
    command = by_its_command(folder, requests[len(requests) - int(commands) :])
    print(json.dumps({"orm": orm, "command": command}))


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]), *sys.argv[2:])
