"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane: OWASP's minimum.

    Django's own figures take 100 MiB a hash: a few strangers pressing the login button at once
    would fill the memory of a portal.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
