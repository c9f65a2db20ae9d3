from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSetGroup

from plaidoyer.civics.desks import AreaDesk, OrganizationDesk, PersonDesk, PostDesk
from plaidoyer.civics.ledgers import ContactLedger, ImportLedger
from plaidoyer.parliament.desks import MotionDesk, PositionDesk
from plaidoyer.parliament.petition_desks import CompleteListDesk, PetitionDesk, RulesDesk
from plaidoyer.parliament.vote_desks import SessionDesk, VoteEventDesk


class DecisionMakers(ModelViewSetGroup):
    menu_label = _("Decision-makers")
    menu_icon = "group"
    menu_order = 170
    items = (
        PostDesk(),
        PersonDesk(),
        OrganizationDesk(),
        AreaDesk(),
        SessionDesk(),
        MotionDesk(),
        VoteEventDesk(),
        PositionDesk(),
        PetitionDesk(),
        RulesDesk(),
        CompleteListDesk(),
        ImportLedger(),
        ContactLedger(),
    )


@hooks.register("register_admin_viewset")
def decision_makers() -> DecisionMakers:
    return DecisionMakers()
