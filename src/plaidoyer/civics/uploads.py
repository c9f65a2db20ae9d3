"""Files that somebody looks at before they are imported."""

import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import ImportRun, Upload
from plaidoyer.civics.sources import Reading

KEPT_FOR = datetime.timedelta(days=1)


def keep(
    *,
    source: str,
    name: str,
    content: bytes,
    options: dict[str, Any],
    as_of: datetime.date | None,
    by: User,
) -> Upload:
    """Keeps a file for its preview; files that nobody imported within a day are let go."""
    Upload.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR).delete()
    return Upload.objects.create(
        source=source,
        name=name,
        content=content,
        options=options,
        as_of=imports.as_of(content, as_of),
        uploaded_by=by,
    )


def read(upload: Upload) -> Reading:
    """What the file says. Raises SourceError."""
    source = sources.get(upload.source)
    return sources.read(source, bytes(upload.content), upload.as_of, **upload.options)


@transaction.atomic
def carry_out(upload: Upload, by: User) -> ImportRun:
    """Imports the file and lets it go. Raises SourceError, and then nothing has changed."""
    source = sources.get(upload.source)
    run = imports.carry_out(
        read(upload),
        source=upload.source,
        address=upload.name,
        content=bytes(upload.content),
        licence=str(source.licence),
        on=upload.as_of,
        by=by,
    )
    upload.delete()
    return run
