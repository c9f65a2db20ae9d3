"""Where facts of parliaments come from: one file a source, all of one shape (civics.sources)."""
