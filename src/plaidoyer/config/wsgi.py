"""The web application that granian serves."""

import os

from plaidoyer.config import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
with loading.undisturbed():
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
