"""What a mailing brought: departures, clicks where they are counted, acts, and which subject won."""
