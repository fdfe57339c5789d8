"""Who takes part: members with an account and guests with a signed cookie; it holds no passwords in clear, no
network addresses and no guest's e-mail."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CharField, SlugField
from accounts.names import NAME_LENGTH, clean_name, is_key_of, name_key, name_slug
from accounts.slugs import free_slug

MODERATORS = "Moderators"
LIMITED_MODERATORS = "Limited moderators"


class Theme(models.TextChoices):
    SYSTEM = "", _("same as device")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class UserManager(BaseUserManager):
    def with_roles(self) -> models.QuerySet:
        """Members who know whether they stand in the groups of moderators, in the same query."""
        stands_in = User.groups.through.objects.filter(user_id=models.OuterRef("pk"))
        return self.get_queryset().annotate(
            in_moderators=models.Exists(stands_in.filter(group__name=MODERATORS)),
            in_limited_moderators=models.Exists(stands_in.filter(group__name=LIMITED_MODERATORS)),
        )

    def unproven(self) -> models.QuerySet:
        """Members who signed up and have shown of no address that it is theirs. One made for somebody has no row."""
        return self.get_queryset().filter(emailaddress__verified=False).exclude(emailaddress__verified=True)

    def proven(self) -> models.QuerySet:
        """All others: nobody but these has a page that anybody can open."""
        return self.get_queryset().exclude(pk__in=self.unproven().values("pk"))

    @transaction.atomic
    def create_user(self, email: str, display_name: str, password: str | None = None, **fields) -> "User":
        """Make a member; the slug is derived from the name and never reused.

        The address counts as proven, since this is called by whoever runs the site; whoever signs up proves theirs by
        a mailed code and comes another way (accounts/forms.py).

        Raises ValueError when the e-mail or the name is empty, IntegrityError when another member has either.
        """
        display_name = clean_name(display_name)
        if not email or not display_name:
            raise ValueError("A member needs an e-mail address and a name.")
        user = self.model(email=self.normalize_email(email), display_name=display_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.emailaddress_set.create(email=user.email.lower(), verified=True, primary=True)
        return user

    def create_superuser(
        self, email: str, display_name: str, password: str | None = None, **fields
    ) -> "User":
        return self.create_user(email, display_name, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A member. The e-mail is the sign-in and is never shown; `display_name` is what everybody reads."""

    email = models.EmailField(_("e-mail address"), unique=True)
    display_name = CharField(_("name"), max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=NAME_LENGTH * 2, editable=False)
    slug = SlugField(_("URL slug"), max_length=64, unique=True, allow_unicode=True, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(
        _("theme"), max_length=5, choices=Theme.choices, default=Theme.SYSTEM, blank=True
    )
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    # Of authors, whom readers send notes; for others it means nothing.
    note_mails = models.BooleanField(_("receives readers’ notes by e-mail"), default=True, db_default=True)
    is_staff = models.BooleanField(_("can use the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_member_per_email"),
            models.UniqueConstraint(fields=["name_key"], name="one_member_per_name"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("comments:person", args=[self.slug])

    def save(self, *args, **kwargs) -> None:
        """Keep the look-alike key with the name, and choose a slug the first time."""
        self.display_name = clean_name(self.display_name)
        if not is_key_of(self.name_key, self.display_name):
            self.name_key = name_key(self.display_name)
        if not self.slug:
            self.slug = _free_slug(self.display_name)
        if (fields := kwargs.get("update_fields")) is not None and "display_name" in fields:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)


def _free_slug(display_name: str) -> str:
    return free_slug(name_slug(display_name), User.objects.all())


class Guest(models.Model):
    """Somebody without an account, known by a signed cookie only; the raw e-mail is never kept here."""

    # What this guest was made from. Two first writes at once, before either got its cookie, have the same one and so
    # make one guest; where nothing is to be recognised it is random.
    origin_key = models.CharField(max_length=64, unique=True)
    name = CharField(_("name as last typed"), max_length=NAME_LENGTH, blank=True)
    email_hash = models.CharField(_("keyed hash of the e-mail"), max_length=64, blank=True, db_index=True)
    network_hash = models.CharField(_("keyed hash of the network"), max_length=64, blank=True, db_index=True)
    claimed_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="claimed_guests"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")

    def __str__(self) -> str:
        return self.name or _("a guest")


class RateBucket(models.Model):
    """How much of a limit is used up under `key`: less and less until `full_at`, when all of it is there again.

    In the database, so that a limit is one limit across processes and restarts.
    """

    key = models.CharField(max_length=120, primary_key=True)
    full_at = models.FloatField(db_index=True)  # seconds since the epoch

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key
