import pytest

pytest_plugins = ["tests.servers"]


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages name their static files without the manifest that collectstatic writes."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
