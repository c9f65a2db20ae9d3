"""What the program knows of somebody who works in the back office."""

from django.conf import settings
from django.contrib.auth.models import User
from wagtail.users.models import UserProfile


def language_of(person: User) -> str:
    """The language that somebody works in."""
    try:
        profile = person.wagtail_userprofile  # type: ignore[attr-defined]
    except UserProfile.DoesNotExist:
        return settings.LANGUAGE_CODE
    return str(profile.preferred_language or settings.LANGUAGE_CODE)
