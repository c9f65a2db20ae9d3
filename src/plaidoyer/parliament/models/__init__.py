from plaidoyer.parliament.models.petitions import (
    OfficialPetition,
    PetitionRules,
    PetitionSnapshot,
    PublishedRank,
    RegionCount,
    Threshold,
)
from plaidoyer.parliament.models.sessions import LegislativeSession, SittingDay
from plaidoyer.parliament.models.votes import Entry, Motion, Option, Position, Vote, VoteEvent

__all__ = [
    "Entry",
    "LegislativeSession",
    "Motion",
    "OfficialPetition",
    "Option",
    "PetitionRules",
    "PetitionSnapshot",
    "Position",
    "PublishedRank",
    "RegionCount",
    "SittingDay",
    "Threshold",
    "Vote",
    "VoteEvent",
]
