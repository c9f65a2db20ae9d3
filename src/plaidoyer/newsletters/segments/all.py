"""The conditions this room has of its own, in the order in which they are offered."""

from plaidoyer.newsletters.segments.acts import Acts
from plaidoyer.newsletters.segments.areas import Areas
from plaidoyer.newsletters.segments.beginnings import Beginnings
from plaidoyer.newsletters.segments.languages import Languages
from plaidoyer.newsletters.segments.sent import Sent
from plaidoyer.newsletters.segments.tags import Tags
from plaidoyer.newsletters.segments.topics import Topics
from plaidoyer.newsletters.segments.votes import Votes

OWN = (Acts, Areas, Languages, Topics, Tags, Votes, Sent, Beginnings)
