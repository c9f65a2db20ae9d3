"""What the organisation decides about giving: ways, receipts, limits."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.images import get_image_model_string

from plaidoyer.lib.words import WordsField
from plaidoyer.organisation.models import Organisation


@register_setting(icon="tick", order=905)
class GivingSettings(BaseSiteSetting):
    """Which ways to give there are and what their pages, receipts and guards say."""

    monthly_words = WordsField(
        _("why monthly"),
        blank=True,
        help_text=_("One sentence beside the monthly choice, in your own words."),
    )
    asks_monthly = models.BooleanField(
        _("ask once whether a gift may be monthly"),
        default=True,
        help_text=_("After somebody chose to give once. “No” is as large as “yes”."),
    )
    smallest = models.PositiveSmallIntegerField(
        _("smallest gift"),
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("In whole units. Stolen cards are tried with tiny amounts."),
    )
    etransfer_address = models.EmailField(
        _("address for Interac e-Transfers"),
        blank=True,
        help_text=_("Where deposits are automatic. Without it this way is not offered."),
    )
    notice_name = models.SlugField(
        _("name that takes the bank’s notices"),
        max_length=40,
        blank=True,
        help_text=_(
            "The part before the @ of the mail domain. Notices forwarded there are read, once "
            "their signature (DKIM) is checked."
        ),
    )
    notice_domains = models.CharField(
        _("who signs the notices"),
        max_length=200,
        blank=True,
        default="payments.interac.ca",
        help_text=_("Domains, by spaces."),
    )
    bank_details = models.TextField(
        _("account for bank transfers"),
        blank=True,
        help_text=_("Holder, IBAN, BIC. Without it this way is not offered."),
    )
    cheque_to = WordsField(
        _("cheques are payable to"),
        blank=True,
        help_text=_("Without it the form by post is not offered."),
    )
    phone = models.CharField(_("telephone for gifts"), max_length=40, blank=True)
    receipts = models.BooleanField(_("mail a receipt for each gift"), default=True)
    receipt_note = WordsField(_("note on receipts"), blank=True)
    tax_receipts = models.BooleanField(
        _("issue official receipts for income tax"),
        default=False,
        help_text=_("Only for a charity registered in Canada. They need the donor’s address."),
    )
    registration_number = models.CharField(
        _("charity registration number"), max_length=20, blank=True
    )
    charity_name = models.CharField(_("registered name of the charity"), max_length=200, blank=True)
    receipt_place = models.CharField(_("place receipts are issued"), max_length=100, blank=True)
    signatory = models.CharField(_("who signs receipts"), max_length=150, blank=True)
    signature = models.ForeignKey(
        get_image_model_string(),
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture of the signature"),
        help_text=_("On official receipts. Without it they are to be signed by hand."),
    )
    kept_years = models.PositiveSmallIntegerField(
        _("years that donors are kept"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_(
            "After the year of the last payment. Canada asks for 6 years of books, France for 10. "
            "Then names and addresses go; amounts stay."
        ),
    )
    implies_consent = models.BooleanField(
        _("a gift lets us send newsletters for two years"),
        default=False,
        help_text=_(
            "Only a charity registered in Canada may: its law counts a gift as an implied consent"
            " for two years (CASL, section 10). Each newsletter then says why it comes, and until"
            " when. Whoever said no gets none. Elsewhere ask for a yes: leave it off."
        ),
    )
    tries_an_hour = models.PositiveSmallIntegerField(
        _("card tries from one place in an hour"), default=6, validators=[MinValueValidator(1)]
    )
    trouble_failures = models.PositiveSmallIntegerField(
        _("declined cards in ten minutes that are trouble"),
        default=8,
        validators=[MinValueValidator(2)],
        help_text=_("Then the card form asks for a proof of work; at twice as many it pauses."),
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("monthly_words"), FieldPanel("asks_monthly"), FieldPanel("smallest")],
            _("Asking"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("etransfer_address"),
                FieldRowPanel([FieldPanel("notice_name"), FieldPanel("notice_domains")]),
                FieldPanel("bank_details"),
                FieldPanel("cheque_to"),
                FieldPanel("phone"),
            ],
            _("Ways to give"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("receipts"),
                FieldPanel("receipt_note"),
                FieldPanel("tax_receipts"),
                FieldRowPanel([FieldPanel("charity_name"), FieldPanel("registration_number")]),
                FieldRowPanel([FieldPanel("receipt_place"), FieldPanel("signatory")]),
                FieldPanel("signature"),
                FieldPanel("kept_years"),
            ],
            _("Receipts and keeping"),
        ),
        MultiFieldPanel([FieldPanel("implies_consent")], _("Newsletters")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("tries_an_hour"), FieldPanel("trouble_failures")])],
            _("Card testing"),
        ),
    ]

    class Meta:
        verbose_name = _("giving")

    @classmethod
    def current(cls) -> "GivingSettings":
        """What was set for this installation, else the defaults; one query, nothing written."""
        return cls.objects.filter(site__is_default_site=True).first() or cls()

    def clean(self) -> None:
        """What an official receipt has to say: Income Tax Regulations of Canada, s. 3501(1)."""
        needed = ("registration_number", "charity_name", "receipt_place", "signatory")
        missing = {
            name: _("An official receipt has to say this.")
            for name in needed
            if self.tax_receipts and not getattr(self, name)
        }
        if self.tax_receipts and not Organisation.current().postal_address:
            missing["tax_receipts"] = _("First write the organisation’s postal address.")
        if missing:
            raise ValidationError(missing)
