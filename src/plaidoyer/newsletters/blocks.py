"""What a newsletter is made of: the blocks an organiser writes with, and what each must say.

How they look in a mail is in templates/newsletters/mail, as text in newsletters.texts.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageChooserBlock

# What rich text may hold: nothing a mail program draws in its own way.
FEATURES = ["bold", "italic", "link", "ul", "ol"]
PAGES = ["website.CampaignPage", "actions.ActionPage"]


class Picture(blocks.StructBlock):
    """A picture, with the words that stand for it where it is not shown or not seen."""

    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(
        label=_("what the picture shows"),
        max_length=250,
        help_text=_("For those who cannot see it, and for mail programs that hide pictures."),
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=250, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")


class Button(blocks.StructBlock):
    """A button that leads to a page of ours or to an address."""

    label = blocks.CharBlock(label=_("words on the button"), max_length=60)
    page = blocks.PageChooserBlock(label=_("page of this site"), required=False)
    url = blocks.URLBlock(label=_("or another address"), required=False)

    class Meta:
        icon = "link"
        label = _("Button")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["url"]):
            told = ValidationError(_("Choose one: a page of this site or an address."))
            raise blocks.StructBlockValidationError(block_errors={"page": told})
        return cleaned


class Figure(blocks.StructBlock):
    """What was counted on a form, in words and by rule, with the moment it was counted."""

    page = blocks.PageChooserBlock(label=_("form"), page_type=["actions.ActionPage"])
    words = blocks.CharBlock(
        label=_("what stands below it"),
        max_length=200,
        required=False,
        help_text=_("The figure itself is counted when the newsletter leaves."),
    )

    class Meta:
        icon = "order"
        label = _("Figure in words")


class Appeal(blocks.StructBlock):
    """Asks for a gift; the link is the organisation's page to give."""

    text = blocks.RichTextBlock(label=_("text"), features=FEATURES)
    label = blocks.CharBlock(label=_("words on the button"), max_length=60)

    class Meta:
        icon = "pick"
        label = _("Appeal")


class Quote(blocks.StructBlock):
    """Somebody's own words, and whose they are."""

    text = blocks.TextBlock(label=_("their words"), rows=3, max_length=1000)
    who = blocks.CharBlock(label=_("who said it"), max_length=200)

    class Meta:
        icon = "openquote"
        label = _("Quote")


class Personal(blocks.StructBlock):
    """In how many campaigns this reader took part; nothing for who took part in none."""

    over = blocks.ChoiceBlock(
        label=_("out of"),
        choices=[
            ("these", _("the campaigns this newsletter shows")),
            ("all", _("all campaigns there have been")),
        ],
        default="these",
    )

    class Meta:
        icon = "user"
        label = _("Personal line")


class Body(blocks.StreamBlock):
    """The blocks in their order."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, icon="title")
    text = blocks.RichTextBlock(label=_("Text"), features=FEATURES, icon="pilcrow")
    picture = Picture()
    button = Button()
    campaign = blocks.PageChooserBlock(
        label=_("Campaign card"), page_type=PAGES, icon="doc-full-inverse"
    )
    figure = Figure()
    quote = Quote()
    appeal = Appeal()
    personal = Personal()
    divider = blocks.StaticBlock(
        label=_("Divider"), icon="horizontalrule", admin_text=_("A thin line.")
    )

    class Meta:
        # A version may wait for its words: the check list says what is missing.
        required = False
        block_counts = {"personal": {"max_num": 1}}


class BodyField(StreamField):
    """A column of blocks, whose migrations do not repeat them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(Body(), **{**kwargs, "blank": True})

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
