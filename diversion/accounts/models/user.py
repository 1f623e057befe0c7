from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models, transaction
from django.db.models import Func
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from diversion import clock
from diversion.accounts.models.organisation import Organisation, Team
from diversion.accounts.models.permit import RANKS, Permit, needs_permit
from diversion.accounts.models.role import Role, RoleAssignment
from diversion.accounts.permissions import Permission
from diversion.data_use import staff, structural
from diversion.name_index import InStep, Named, NameToken, token_constraints, token_indexes

NAMES = ("full_name", "email")
OF_ORGANISATION = "'organisation:' || named.organisation_id"
IN_STEP = InStep("accounts_user", "accounts_username", NAMES, OF_ORGANISATION, ["organisation_id"])
BY_PERMIT_ALONE = ("rank", "password", "email", "organisation_id", "is_active")
# An unusable password ("!…") and no rank let nobody do anything: they need no permit.
BY_PERMIT = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.rank <> '' OR NEW.password ~ '^[^!]' THEN
            RAISE insufficient_privilege USING MESSAGE = 'An account begins without a rank and without a password.';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.email <> OLD.email THEN
        RAISE insufficient_privilege USING MESSAGE = 'An account keeps its address: a password is sent there.';
    END IF;
    IF NEW.organisation_id <> OLD.organisation_id THEN
        {needs_permit("organisation", "NEW.organisation_id::text", "NEW.id")}
    END IF;
    IF NEW.rank <> OLD.rank AND NEW.rank <> '' THEN
        {needs_permit("rank", "NEW.rank", "NEW.id")}
    END IF;
    IF NEW.password <> OLD.password AND NEW.password ~ '^[^!]' THEN
        {needs_permit("password", "encode(sha256(convert_to(NEW.password, 'UTF8')), 'hex')", "NEW.id")}
    END IF;
    IF NEW.is_active AND NOT OLD.is_active THEN
        {needs_permit("opened", "'yes'", "NEW.id")}
    END IF;
    RETURN NEW;
"""


def acting_today(user: Any) -> "models.QuerySet[Any]":
    """The acting rank that counts today for ``user`` (an id, or the outer row's): one at most."""
    from diversion.accounts.models.request import AccountRequest

    return AccountRequest.objects.acting_on(clock.today()).filter(user=user)


def factors_of(user: Any) -> "models.QuerySet[Any]":
    """What ``user`` (an id, or the outer row's) can show beside the password, recovery codes apart."""
    from diversion.accounts.models.factor import Factor

    return Factor.objects.filter(user=user).exclude(type=Factor.Type.RECOVERY_CODES)


def organisation_domain(organisation: int) -> str:
    """Among whose names a user is found: those of their own organisation (its id)."""
    return f"organisation:{organisation}"


class Vetting(models.TextChoices):
    """Non-police personnel vetting, by what its holder may see; the names of the levels differ between forces."""

    LEVEL_1 = "nppv1", _("NPPV level 1")
    LEVEL_2 = "nppv2", _("NPPV level 2")
    LEVEL_3 = "nppv3", _("NPPV level 3")
    OTHER = "other", _("Another kind of vetting")


class UserQuerySet(models.QuerySet["User"]):
    def who_may(self, permission: Permission, *, at_once: bool = False) -> "UserQuerySet":
        """Users who can sign in and hold ``permission`` by a role for their own kind of organisation.

        The few roles are asked for first: in a search of people, a question of containment keeps row-level security
        from its index. ``at_once`` asks for them within, for a statement that is no such search.
        """
        able: Any = Role.objects.filter(permissions__contains=[permission.value]).values_list("pk", flat=True)
        able = able if at_once else list(able)
        roles = RoleAssignment.objects.filter(
            user=models.OuterRef("pk"), role__in=able, role__organisation_kind=models.OuterRef("organisation__kind")
        )
        able_by = models.Q(models.Exists(roles))
        if permission == Permission.AUTHORISE:
            able_by |= models.Q(models.Exists(acting_today(models.OuterRef("pk"))))
        return self.here().filter(able_by)

    def here(self) -> "UserQuerySet":
        """Those whom nobody has disabled, and whose vetting has not ended."""
        unended = models.Q(vetted_until=None) | models.Q(vetted_until__gte=clock.today())
        return self.filter(unended, is_active=True)

    def reaching(self, ranks: Sequence[str]) -> "UserQuerySet":
        """Those who authorise at one of ``ranks`` today, as their own rank or as an acting one."""
        acting = acting_today(models.OuterRef("pk")).filter(rank__in=ranks)
        return self.filter(models.Q(rank__in=ranks) | models.Exists(acting))

    def with_permissions(self) -> "UserQuerySet":
        """With organisation, team, ``acting``, ``factored`` and ``granted``, the permissions of their roles.

        Nothing asks again.
        """
        words = Func("role__permissions", function="unnest", output_field=models.TextField())
        held = RoleAssignment.objects.filter(
            user=models.OuterRef("pk"), role__organisation_kind=models.OuterRef("organisation__kind")
        )
        rows = self.select_related("organisation", "team").with_acting()
        factored = models.Exists(factors_of(models.OuterRef("pk")))
        return rows.annotate(granted=ArraySubquery(held.values(word=words)), factored=factored)

    def with_acting(self) -> "UserQuerySet":
        """With ``acting``, the rank in which they act today, or None."""
        return self.annotate(acting=models.Subquery(acting_today(models.OuterRef("pk")).values("rank")[:1]))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]
    def create_user(self, email: str, **fields: Any) -> "User":
        """An account that nobody can sign in to yet: a password comes by a link, a rank and roles by a permit."""
        user = self.model(email=email.lower(), **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(Named, AbstractBaseUser):
    """Someone who signs in. What they may do comes from their roles alone: there is no superuser."""

    class Rank(models.TextChoices):
        NONE = "", _("No rank")
        CONSTABLE = "constable", _("Constable")
        SERGEANT = "sergeant", _("Sergeant")
        INSPECTOR = "inspector", _("Inspector")
        SUPERINTENDENT = "superintendent", _("Superintendent")

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=150)
    collar_number = models.CharField(max_length=20, blank=True)
    rank = models.CharField(max_length=20, choices=Rank, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    roles: "models.ManyToManyField[Role, RoleAssignment]" = models.ManyToManyField(
        Role, through=RoleAssignment, related_name="users"
    )
    is_active = models.BooleanField(default=True)
    vetting = models.CharField(max_length=10, choices=Vetting, blank=True, db_default="")
    vetted_until = models.DateField(null=True, blank=True)
    date_joined = models.DateTimeField(default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    NAME_FIELDS = NAMES
    DOMAIN_FIELDS = ("organisation",)

    data_use = structural("id") | staff(
        "Let staff sign in, and say who did what",
        *("email", "full_name", "collar_number", "rank", "organisation", "team", "roles"),
        *("is_active", "date_joined", "password", "last_login"),
    )
    data_use |= staff("Keep out whoever's vetting has ended", "vetting", "vetted_until")

    class Meta:
        ordering = ["full_name"]
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_lower_case")]
        triggers = [
            IN_STEP.of_names(),
            pgtrigger.Trigger(
                name="power_by_permit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf(*BY_PERMIT_ALONE),
                func=BY_PERMIT,
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def name_domain(self) -> str:
        return organisation_domain(self.organisation_id)

    @classmethod
    def token_model(cls) -> "type[UserName]":
        return UserName

    def get_full_name(self) -> str:
        return self.full_name

    def keep_password(self, raw: str, grounds: Permit.Grounds, by: "User | None") -> None:
        """Keep ``raw`` as this user's password, with the permit that the database asks for."""
        from diversion.accounts import permits

        self.set_password(raw)
        with transaction.atomic():
            permits.allow_password(self, self.password, permits.Leave(grounds, by))
            self.save(update_fields=["password"])

    def check_password(self, raw_password: str | None) -> bool:
        """As Django's; where the hash is of an older kind, the same password is kept in a newer way."""

        def kept_anew(raw: str) -> None:
            self.keep_password(raw, Permit.Grounds.REHASH, self)
            self._password = None  # the same password: its sessions go on

        return check_password(raw_password, self.password, kept_anew)

    @property
    def may_sign_in(self) -> bool:
        """Nobody disabled or no longer vetted; in production nobody made up either: their password is known."""
        is_made_up = settings.PRODUCTION and self.organisation.is_demonstration
        return self.is_here and not is_made_up

    @property
    def is_here(self) -> bool:
        """As `UserQuerySet.here`."""
        return self.is_active and not self.vetting_has_ended

    @property
    def vetting_has_ended(self) -> bool:
        return self.vetted_until is not None and self.vetted_until < clock.today()

    @property
    def own_permissions(self) -> frozenset[Permission]:
        """All permissions of all this user's roles that fit their kind of organisation."""
        if "granted" not in self.__dict__:
            found = User.objects.with_permissions().values_list("granted", "acting").get(pk=self.pk)
            self.__dict__["granted"] = found[0]
            self.__dict__.setdefault("acting", found[1])
        return frozenset(map(Permission, self.__dict__["granted"]))

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """The same, and what an acting rank adds."""
        own = self.own_permissions  # which asks for the acting rank too
        return own | {Permission.AUTHORISE} if self.acting_rank else own

    @property
    def acting_rank(self) -> str:
        """The rank, higher than their own, in which they act today; "" for none."""
        if "acting" not in self.__dict__:
            self.__dict__["acting"] = acting_today(self.pk).values_list("rank", flat=True).first()
        acting = self.__dict__["acting"] or ""
        return acting if RANKS.index(acting) > RANKS.index(self.rank) else ""

    def at(self, moment: datetime) -> "User":
        """This user with the rank in which they acted at a moment that has passed, and what followed from it."""
        from diversion.accounts.models.request import AccountRequest

        found = User.objects.get(pk=self.pk)
        acted = AccountRequest.objects.acting_at(moment).filter(user=self.pk)
        found.__dict__["acting"] = acted.values_list("rank", flat=True).first()
        return found

    @property
    def authorising_rank(self) -> str:
        """The rank at which they authorise today: their own, or the one in which they act."""
        return self.acting_rank or self.rank

    @property
    def rank_in_words(self) -> str:
        """ "Sergeant", "Acting sergeant", or "" for no rank."""
        words = str(User.Rank(self.authorising_rank).label) if self.authorising_rank else ""
        return _("Acting %(rank)s") % {"rank": words.lower()} if self.acting_rank else words

    @property
    def acting_detail(self) -> dict[str, str]:
        """What the log says of a decision that they make in an acting rank: {"acting": rank}; nothing otherwise."""
        return {"acting": self.acting_rank} if self.acting_rank else {}

    @property
    def has_factor(self) -> bool:
        """Whether their password alone does not sign them in."""
        if "factored" not in self.__dict__:
            self.__dict__["factored"] = factors_of(self.pk).exists()
        return bool(self.__dict__["factored"])

    @property
    def lacks_factor(self) -> bool:
        """Whether they have to set up a second factor before they open anything else (SECOND_FACTOR)."""
        return settings.SECOND_FACTOR == "required" and not self.has_factor

    def forget_permissions(self) -> None:
        """Ask for them anew: roles were given or taken."""
        for name in ("permissions", "granted", "acting"):
            self.__dict__.pop(name, None)

    def can(self, *permissions: Permission) -> bool:
        """Whether this user holds at least one of ``permissions``."""
        return self.is_here and not self.permissions.isdisjoint(permissions)

    @property
    def is_police(self) -> bool:
        return self.organisation.kind == Organisation.Kind.POLICE_FORCE

    @property
    def is_youth_justice(self) -> bool:
        return self.organisation.kind == Organisation.Kind.YOUTH_JUSTICE

    @property
    def is_provider(self) -> bool:
        return self.organisation.kind == Organisation.Kind.PROVIDER


class UserName(NameToken):
    """A token that a user is found by, of the name or the e-mail address (`diversion.name_index`)."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="name_tokens", db_index=False)

    data_use: ClassVar = structural("id", "owner", "domain") | staff(
        "Find a user, however the name is written", "token", "made_of"
    )

    class Meta:
        constraints = token_constraints("user")
        indexes = token_indexes("user")
        triggers = [IN_STEP.of_tokens()]
