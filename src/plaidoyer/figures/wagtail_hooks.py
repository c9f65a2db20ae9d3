from wagtail import hooks

from plaidoyer.figures.desks import FigureDesk, OfflineDesk
from plaidoyer.lib.desk import Desk


@hooks.register("register_admin_viewset")
def desks() -> list[Desk]:
    return [FigureDesk(), OfflineDesk()]
