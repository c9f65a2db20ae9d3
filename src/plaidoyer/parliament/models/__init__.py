from plaidoyer.parliament.models.deadlines import DeadlineNotice, FeedLink, PetitionSettings
from plaidoyer.parliament.models.petitions import (
    CompleteList,
    OfficialPetition,
    PetitionRules,
    PetitionSnapshot,
    PublishedRank,
    RegionCount,
    Scope,
    Threshold,
)
from plaidoyer.parliament.models.sessions import LegislativeSession, SittingDay
from plaidoyer.parliament.models.votes import (
    Entry,
    GroupCount,
    Motion,
    Option,
    Position,
    Vote,
    VoteEvent,
)

__all__ = [
    "CompleteList",
    "DeadlineNotice",
    "Entry",
    "FeedLink",
    "GroupCount",
    "LegislativeSession",
    "Motion",
    "OfficialPetition",
    "Option",
    "PetitionRules",
    "PetitionSettings",
    "PetitionSnapshot",
    "Position",
    "PublishedRank",
    "RegionCount",
    "Scope",
    "SittingDay",
    "Threshold",
    "Vote",
    "VoteEvent",
]
