"""What a subscription is to: readers choose topics, pause, and come back, by a link of their own."""
