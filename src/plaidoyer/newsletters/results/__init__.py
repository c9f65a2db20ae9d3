"""What a mailing brought: departures, acts, clicks where they count, and which subject won."""
