"""Accounts, the ways to log in to them, and the one-time codes and links of a login."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from guichet.domain.duties import EXCLUDED
from guichet.identities.actors import Establishment


def holds(role: str) -> Q:
    """Whether the roles of an account, as text, name this one."""
    return Q(Contains(Cast("roles", models.TextField()), f'"{role}"'))


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by identities.operations alone."""


class Account(AbstractBaseUser):
    """A person known to Guichet, by card, by an identity provider or by e-mail and password.

    `email` is where to write to; `login_email` is the same address folded, and unique, for the
    accounts that log in with a password: nobody else has one. `email_verified_at` tells when a
    link sent to `email` was followed. `role_ends` tells when roles end (ISO 8601 by role), for
    those that do; `emergency_role` is one opened by break-glass until
    `emergency_ends_at`. `twin` is the same person's other account, each the other's twin: one
    opened by a card, one without. `first_visit_closed_at` tells when the steps left to somebody new
    were put away.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField(max_length=120)
    given_names = models.CharField(max_length=120, default="", blank=True)
    surname = models.CharField(max_length=120, default="", blank=True)
    email = models.EmailField(max_length=254)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    login_email = models.CharField(max_length=254, unique=True, null=True, blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    national_id = models.CharField(max_length=30, unique=True, null=True, blank=True)
    roles = models.JSONField(default=list)
    role_ends = models.JSONField(null=True, blank=True)
    emergency_role = models.CharField(max_length=20, default="", db_default="", blank=True)
    emergency_ends_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=5, default="fr")
    is_active = models.BooleanField(default=True)
    twin = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True)
    twin_since = models.DateTimeField(null=True, blank=True)
    first_visit_closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = AccountManager()
    USERNAME_FIELD = "public_id"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(login_email__isnull=True)
                | ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX),
                name="account_with_a_login_has_a_password",
            ),
            models.CheckConstraint(
                condition=Q(twin__isnull=True, twin_since__isnull=True)
                | (Q(twin__isnull=False, twin_since__isnull=False) & ~Q(twin=models.F("pk"))),
                name="account_twin_is_another_since_a_date",
            ),
            models.CheckConstraint(
                condition=Q(emergency_role="", emergency_ends_at__isnull=True)
                | (~Q(emergency_role="") & Q(emergency_ends_at__isnull=False)),
                name="account_emergency_ends",
            ),
            *(
                models.CheckConstraint(
                    condition=~(holds(one) & holds(other)),
                    name=f"no_{one}_is_{other}".replace("-", "_"),
                )
                for one, other in EXCLUDED
            ),
        ]

    def __str__(self) -> str:
        return f"account:{self.public_id}"

    @property
    def is_vouched_for(self) -> bool:
        """Whether a register or an identity provider told the names: they are not typed over."""
        return self.national_id is not None or self.identities.exists()


class Card(models.Model):
    """A CPx card matched to an account for the half-open period [opened_at, ended_at)."""

    number = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="cards")
    holder_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="CPA")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("opened_at")),
                name="card_period_is_ordered",
            )
        ]

    def __str__(self) -> str:
        return f"card:{self.number}"


class ExternalIdentity(models.Model):
    """A person of an identity provider (its `sub` claim), linked to an account.

    `siret` is the establishment that the provider named last, `siret_proved_at` when it did.
    """

    provider = models.CharField(max_length=20)
    subject = models.CharField(max_length=255)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="identities")
    linked_at = models.DateTimeField()
    siret = models.CharField(max_length=14, default="", blank=True)
    siret_proved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret_proved_at__isnull=False),
                name="proved_siret_has_a_date",
            ),
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_is_linked_once"),
            models.UniqueConstraint(
                fields=["provider", "account"], name="account_has_one_identity_per_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"identity:{self.provider}:{self.pk}"

    @property
    def establishment(self) -> Establishment | None:
        """Where the provider last said that the person works."""
        if not self.siret or self.siret_proved_at is None:
            return None
        return Establishment(self.siret, self.siret_proved_at)


class LoginTicket(models.Model):
    """A one-time code that hands a card login over to the portal's session.

    Only the SHA-256 of the code is kept. `binding` is the SHA-256 of the nonce that the
    portal's session holds: the code opens that session and no other.
    """

    code_hash = models.CharField(max_length=64, unique=True)
    binding = models.CharField(max_length=64)
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="tickets")
    certificate = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"login-ticket:{self.pk}"


class LinkPurpose(models.TextChoices):
    """What a link sent by e-mail does once it is followed."""

    CONFIRM = "confirm"
    RESET = "reset"
    ADDRESS = "address"


class AccountLink(models.Model):
    """A single-use link sent to `email`. Only the SHA-256 of its secret is kept.

    `binding` is the SHA-256 of the nonce of the session that signed up: in that browser the link
    is enough, in any other the password is asked for.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8, choices=LinkPurpose.choices)
    secret_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    binding = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"account-link:{self.pk}"


class Try(models.Model):
    """One request of a kind that is counted; `bucket` is a hash of the kind and of whose it is."""

    bucket = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["bucket", "at"], name="try_bucket")]

    def __str__(self) -> str:
        return f"try:{self.pk}"


class MachineAccount(models.Model):
    """A program that acts for a structure, within the structure's rights and the limits here.

    `delegation` is the delegation of habilitations whose rights it uses, null for the structure's
    own. `verbs`, `profiles`, `names` and `services` are those of domain.machines.MachineScope.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    structure_id = models.CharField(max_length=20, db_index=True)
    delegation = models.BigIntegerField(null=True, blank=True)
    verbs = models.JSONField()
    profiles = models.JSONField()
    names = models.JSONField(default=list, blank=True)
    services = models.JSONField(default=list, blank=True)
    contact_email = models.EmailField(max_length=254)
    language = models.CharField(max_length=5, default="fr")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    creator_ref = models.CharField(max_length=80)
    ends_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_by = models.CharField(max_length=200, default="", blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_by = models.CharField(max_length=12, default="", blank=True)

    def __str__(self) -> str:
        return f"machine:{self.key}"


class MachineCredential(models.Model):
    """One way for a machine to show which account it works for.

    `mark` is what it is found by: the SHA-256 of a token or of an EST secret, of a certificate
    (DER), or the key identifier of an EAB key, whose MAC key is derived and kept nowhere. Those of
    one use have `used_at` once they served.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        MachineAccount, on_delete=models.PROTECT, related_name="credentials"
    )
    kind = models.CharField(max_length=12)
    label = models.CharField(max_length=120, default="", blank=True)
    mark = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12, default="", blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, default="", blank=True)

    def __str__(self) -> str:
        return f"credential:{self.key}"
