"""What a campaign waits for, from whom and until when, beside what parliament’s rules say."""
