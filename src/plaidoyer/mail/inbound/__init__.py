"""What comes back: bounces, complaints, replies. A stored row first, read behind the door.

`doors` takes it in by SMTP or LMTP, `webhooks` from a provider; `reports`, `replies` and `tracking`
know how to read it, `reading` says what comes of it.
"""
