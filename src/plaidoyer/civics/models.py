import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from plaidoyer.lib import intrusions
from plaidoyer.lib.words import WordsField, languages


class Organization(ClusterableModel):
    """Popolo organization: a legislature, a ministry, an agency, a company."""

    name = WordsField(_("name"))
    classification = models.CharField(_("kind"), max_length=60, blank=True)
    # What sources call it, such as `ca-commons` or `ca-commons/party:bq`; none for one typed in.
    identifier = models.CharField(
        _("identifier"), max_length=120, unique=True, null=True, blank=True, default=None
    )
    # The legislature of a party or a committee, the government of a ministry.
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    url = models.URLField(_("official page"), blank=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return str(self.name)


class Person(ClusterableModel):
    """Popolo person: somebody who holds public office. Never a supporter."""

    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    honorific_prefix = WordsField(_("form of address"), blank=True)
    preferred_language = models.CharField(
        _("writes in"), max_length=12, blank=True, choices=languages
    )

    class Meta:
        verbose_name = _("person in office")
        verbose_name_plural = _("persons in office")
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return f"{self.honorific_prefix} {self.given_name} {self.family_name}".strip()


class Identifier(models.Model):
    """Popolo identifier: what a source calls a person, so that two of one name stay two."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="identifiers")
    # `ourcommons`, `assnat`, `uk-parliament`, `bioguide`, ...
    scheme = models.CharField(_("scheme"), max_length=40)
    identifier = models.CharField(_("identifier"), max_length=80)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [models.UniqueConstraint("scheme", "identifier", name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.identifier}"


class Area(models.Model):
    """Popolo area, named by its OCD division: a riding, a district, a country, for some years."""

    # Open Civic Data division, with the year of its redrawing where two of a name exist.
    identifier = models.CharField(_("division"), max_length=160, unique=True)
    name = WordsField(_("name"))
    classification = models.CharField(_("kind"), max_length=60, blank=True)
    # The province of a riding, the state of a district.
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["identifier"]

    def __str__(self) -> str:
        return str(self.name)


class PostalPrefix(models.Model):
    """The beginning of postal codes that lie in an area; one beginning may span several areas.

    Each table answers by itself (the federal riding, the provincial one): in each the longest
    beginning decides.
    """

    table = models.CharField(_("table"), max_length=60, default="")
    country = models.CharField(_("country"), max_length=2)
    prefix = models.CharField(_("beginning of the code"), max_length=12)
    area = models.ForeignKey(Area, models.CASCADE, related_name="prefixes", verbose_name=_("area"))
    # The part of the codes with this beginning that lies in the area, where a table tells.
    share = models.DecimalField(_("share"), max_digits=5, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = _("postal prefix")
        verbose_name_plural = _("postal prefixes")
        constraints = [
            models.UniqueConstraint("country", "table", "prefix", "area", name="postal_prefix_once")
        ]
        indexes = [models.Index("prefix", name="postal_prefix")]

    def __str__(self) -> str:
        return self.prefix


class Post(ClusterableModel):
    """Popolo post: an office that somebody holds, in an organization, perhaps for an area."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="posts", verbose_name=_("organization")
    )
    label = WordsField(_("office"))
    # Whom the holder represents; none for a minister.
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("area represented"),
    )
    # What the office answers for (`water`, `health`): titles change at every shuffle, tags stay.
    portfolios = ArrayField(
        models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("portfolios")
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return str(self.label)

    def holder(self, on: datetime.date | None = None) -> Person | None:
        """Who holds the post on that day (today, if none is given); nobody when it is vacant.

        On the day it changes hands it is the one who comes.
        """
        held = [term for term in self.memberships.all() if term.holds(on or timezone.localdate())]
        if not held:
            return None
        return max(held, key=lambda term: (term.start_on or datetime.date.min, term.pk)).person


class MembershipQuerySet(models.QuerySet):
    def on(self, day: datetime.date) -> "MembershipQuerySet":
        """Those that hold on `day`; a missing start or end is open."""
        return self.filter(
            Q(start_on=None) | Q(start_on__lte=day), Q(end_on=None) | Q(end_on__gte=day)
        )


class Membership(models.Model):
    """Popolo membership: a person holds a post from a day to a day."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    post = ParentalKey(Post, on_delete=models.PROTECT, related_name="memberships")
    # The party on whose behalf the post is held; who crosses the floor begins a new term.
    on_behalf_of = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("party"),
    )
    start_on = models.DateField(_("in office from"), null=True, blank=True)
    end_on = models.DateField(_("in office until"), null=True, blank=True)
    source = models.URLField(_("source"), blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("term of office")
        verbose_name_plural = _("terms of office")
        ordering = ["-start_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(start_on=None) | Q(end_on=None) | Q(end_on__gte=models.F("start_on")),
                violation_error_message=_("A term ends after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.post}"

    def holds(self, day: datetime.date) -> bool:
        """Whether `day` is within the term; a missing start or end is open."""
        started = self.start_on is None or self.start_on <= day
        return started and (self.end_on is None or day <= self.end_on)


class ContactDetail(models.Model):
    """Popolo contact detail: an official way to reach a person, a post or an organization."""

    class Type(models.TextChoices):
        EMAIL = "email", _("e-mail")
        VOICE = "voice", _("telephone")
        ADDRESS = "address", _("postal address")
        FORM = "form", _("contact form on the web")

    person = ParentalKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="contact_details",
    )
    post = ParentalKey(
        Post,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="contact_details",
    )
    organization = ParentalKey(
        Organization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="contact_details",
    )
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.EMAIL)
    value = models.CharField(_("address or number"), max_length=254)
    source = models.URLField(_("official page where it stands"))
    # Which of several it is: the office in the capital, the one in the riding.
    note = models.CharField(_("note"), max_length=60, blank=True)
    verified_at = models.DateTimeField(_("last checked"), default=timezone.now)
    # When mail to it came back; a later check clears it.
    bounced_at = models.DateTimeField(_("bounced"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact detail")
        verbose_name_plural = _("contact details")
        constraints = [
            models.CheckConstraint(
                name="contact_of_one_owner",
                condition=(
                    Q(person__isnull=False, post=None, organization=None)
                    | Q(person=None, post__isnull=False, organization=None)
                    | Q(person=None, post=None, organization__isnull=False)
                ),
                violation_error_message=_("Choose one: a person, an office or an organization."),
            )
        ]

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        """An office's own address is asked for: not a mailbox at a provider for everybody."""
        if self.type == self.Type.EMAIL and (found := intrusions.found(self.value)):
            raise ValidationError({"value": str(found[0].told)})


class ImportRun(models.Model):
    """One reading of a source: what it was, and what it changed. It can be undone."""

    source = models.CharField(_("source"), max_length=60)
    # The name of the file or the address it was read from.
    address = models.CharField(_("file or address"), max_length=400)
    sha256 = models.CharField(max_length=64)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    retrieved_at = models.DateTimeField(_("retrieved"), default=timezone.now)
    # The day of which the file tells: what a newer one said is never overwritten.
    as_of = models.DateField(_("as of"), null=True, blank=True)
    # How many rows of each table were added, changed, ended, conflicting, by table.
    counts = models.JSONField(_("changes"), default=dict)
    # Lines that were left out or doubtful, each with its line and reason.
    warnings = models.JSONField(_("warnings"), default=list)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source}, {timezone.localdate(self.retrieved_at).isoformat()}"


class ImportedRow(models.Model):
    """What an import did to one row, so that it can be put back."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    # The model, as `civics.person`.
    table = models.CharField(max_length=80)
    row = models.BigIntegerField()
    # The columns that changed, as they stood before (null: the row is new) and after (null: the
    # row was removed), as PostgreSQL writes them.
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [models.UniqueConstraint("run", "table", "row", name="imported_row_once")]


class Upload(models.Model):
    """A file that somebody looks at before it is imported; gone once it is, or a day later."""

    source = models.CharField(_("source"), max_length=60)
    name = models.CharField(_("file or address"), max_length=400)
    content = models.BinaryField()
    options = models.JSONField(default=dict)
    as_of = models.DateField(_("as of"))
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")


class Host(models.Model):
    """A machine of others that we ask: how often, and whether it can bear it at present."""

    name = models.CharField(max_length=253, unique=True)
    # When the next request may leave at the earliest (a leaky bucket, shared by all processes).
    free_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveSmallIntegerField(default=0)
    # Until then nothing is asked: it failed too often.
    broken_until = models.DateTimeField(null=True)
    robots = models.TextField(blank=True)
    robots_at = models.DateTimeField(null=True)


class Answer(models.Model):
    """What an address of others answered: not sent again while it is the same."""

    address = models.CharField(max_length=1000, unique=True)
    content = models.BinaryField()
    etag = models.CharField(max_length=400, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    fetched_at = models.DateTimeField(default=timezone.now)


class Lookup(models.Model):
    """What an online provider said of a postal code, kept for a while. Nobody's name is in it."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=12)
    provider = models.CharField(max_length=40)
    # OCD divisions; none where the provider knew none.
    divisions = ArrayField(models.CharField(max_length=160), default=list)
    fetched_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("country", "code", "provider", name="lookup_once")]
