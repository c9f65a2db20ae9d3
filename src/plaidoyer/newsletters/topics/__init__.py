"""What a subscription is to: readers choose topics, pause, and come back, by their own link."""
