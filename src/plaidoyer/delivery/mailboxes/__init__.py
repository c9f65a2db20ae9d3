"""Where letters arrive: how many an hour, in which hours, one by one or in one mail a day."""
