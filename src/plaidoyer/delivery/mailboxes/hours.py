"""The working hours of whoever reads letters, and how many letters fit into them."""

import datetime
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# A series of letters begins slowly: so many in its first hour, then twice as many each hour.
FIRST_HOUR = 10
# Longer than any office is closed; a search for the next opening ends after it.
LONGEST_CLOSURE = 400


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When letters may reach a mailbox, and how many in any sixty minutes."""

    per_hour: int
    opens: int  # hours of the day, in `zone`
    closes: int
    weekends: bool
    zone: str
    closed_on: frozenset[datetime.date] = field(default_factory=frozenset)

    def day(self, at: datetime.datetime) -> datetime.date:
        """Which day it is there at `at`."""
        return at.astimezone(zoneinfo.ZoneInfo(self.zone)).date()

    def window(self, day: datetime.date) -> tuple[datetime.datetime, datetime.datetime] | None:
        """From when until when letters may arrive on `day`; None on a day without letters.

        On the days that clocks change it is as long as the clock on the wall says.
        """
        if day in self.closed_on or (day.weekday() >= 5 and not self.weekends):
            return None
        return self.moment(day, self.opens), self.moment(day, self.closes)

    def moment(self, day: datetime.date, hour: int) -> datetime.datetime:
        """When the clock there says `hour` on `day`; 24 is the next day's first moment."""
        day, hour = (day + DAY, 0) if hour == 24 else (day, hour)
        local = datetime.datetime.combine(day, datetime.time(hour), zoneinfo.ZoneInfo(self.zone))
        return local.astimezone(datetime.UTC)

    def windows(
        self, at: datetime.datetime
    ) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
        """What is left of the working hours from `at` on, day after day."""
        day, closed = self.day(at), 0
        while closed < LONGEST_CLOSURE:
            window = self.window(day)
            day += DAY
            if window is None or window[1] <= at or window[1] <= window[0]:
                closed += 1
                continue
            closed = 0
            yield max(window[0], at), window[1]

    def is_open(self, at: datetime.datetime) -> bool:
        window = self.window(self.day(at))
        return window is not None and window[0] <= at < window[1]

    def closes_at(self, at: datetime.datetime) -> datetime.datetime:
        """When the working hours that `at` lies in end."""
        window = self.window(self.day(at))
        assert window is not None
        return window[1]

    def next_open(self, at: datetime.datetime) -> datetime.datetime | None:
        """The first moment from `at` on at which a letter may arrive; None: never."""
        first = next(self.windows(at), None)
        return first[0] if first else None

    @property
    def per_day(self) -> int:
        """How many letters one working day carries, once the series is under way."""
        return self.per_hour * (self.closes - self.opens)

    def limit(self, at: datetime.datetime, warm_at: datetime.datetime | None) -> int:
        """How many an hour at `at`, of a series that began at `warm_at`: 10, then 20, 40 ..."""
        if warm_at is None:
            return min(self.per_hour, FIRST_HOUR)
        most_doublings, open_for = 7, datetime.timedelta()
        for opens, closes in self.windows(warm_at):
            open_for += max(min(closes, at) - opens, datetime.timedelta())
            if closes >= at or open_for >= most_doublings * HOUR:
                break
        doublings = min(most_doublings, open_for // HOUR)
        return min(self.per_hour, FIRST_HOUR * 2**doublings)

    def finish(
        self, letters: int, at: datetime.datetime, warm_at: datetime.datetime | None = None
    ) -> datetime.datetime | None:
        """When the last of so many letters has its turn, by this pace; None: never."""
        warm_at = warm_at or self.next_open(at)
        left = letters
        for opens, closes in self.windows(at):
            while opens < closes:
                # A whole day at full pace needs no look at its hours.
                until = min(closes, opens + HOUR)
                pace = self.limit(opens, warm_at)
                if pace == self.per_hour:
                    until = closes
                carried = pace * ((until - opens) / HOUR)
                if carried >= left:
                    return opens + HOUR * (left / pace)
                left -= int(carried)
                opens = until
        return None
