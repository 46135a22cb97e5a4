"""Roles of the staff: who holds which, requests for them, emergencies, reviews of all of them.

The database itself refuses that one person asks and approves: that is no matter of a form.
"""

from django.db import models
from django.db.models import F, Q

from guichet.domain.access.reviews import Verdict
from guichet.domain.access.roles import RequestState
from guichet.identities.models.accounts import Account


class RoleHolding(models.Model):
    """A role that an account holds or held, for the half-open period [since, until).

    `ended_at` is when it was taken. `given_by` and `approved_by` are references of actors; both
    are who registered the account, where no two persons gave the role.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holdings")
    role = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField(max_length=80)
    approved_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role"],
                condition=Q(ended_at__isnull=True),
                name="role_is_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"role:{self.pk}"


class RoleRequest(models.Model):
    """A request to give or to take a role: asked by one person, decided by another.

    `asked_by` and `decided_by` are the accounts, `asked_ref` and `decided_ref` what the journal
    calls them.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="role_requests")
    role = models.CharField(max_length=20)
    gives = models.BooleanField()
    why = models.TextField()
    until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, default=RequestState.ASKED.value)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_ref = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_ref = models.CharField(max_length=80, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(account=F("asked_by")), name="role_is_asked_for_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(state=RequestState.WITHDRAWN.value)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("account"))),
                name="role_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.ASKED.value, decided_by__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="role_request_is_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["account", "role"],
                condition=Q(state=RequestState.ASKED.value),
                name="role_is_asked_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"role-request:{self.pk}"


class EmergencyAccess(models.Model):
    """A role opened by break-glass; `reviewed_by` is the other person who judged it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="emergencies")
    role = models.CharField(max_length=20)
    why = models.TextField()
    opened_ref = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewed_ref = models.CharField(max_length=80, default="", blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="emergency_period_is_ordered"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | (Q(reviewed_at__isnull=False) & ~Q(reviewed_by=F("account"))),
                name="emergency_is_reviewed_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"emergency:{self.pk}"


class AccessReview(models.Model):
    """A campaign: every account of the staff, as it was when the review began."""

    begun_at = models.DateTimeField()
    begun_ref = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_ref = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(ended_at__isnull=True),
                name="one_access_review_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"access-review:{self.pk}"


class ReviewedAccount(models.Model):
    """One person of a review, and what somebody else said of their roles."""

    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    roles = models.JSONField()
    last_login = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(
        max_length=8, default="", blank=True, choices=[(v.value, v.value) for v in Verdict]
    )
    reviewer = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewer_ref = models.CharField(max_length=80, default="", blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "account"], name="account_is_reviewed_once"),
            models.CheckConstraint(
                condition=Q(verdict="", reviewer__isnull=True)
                | (~Q(verdict="") & Q(reviewer__isnull=False) & ~Q(reviewer=F("account"))),
                name="account_is_reviewed_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"access-review:{self.review_id}:{self.account_id}"


class OpenSession(models.Model):
    """A session of an account, so that it can be listed and ended from another one.

    `session_key` opens it: it is as secret as the table of sessions, and shown nowhere.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    by = models.CharField(max_length=20)
    browser = models.CharField(max_length=120, default="", blank=True)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"session:{self.pk}"
