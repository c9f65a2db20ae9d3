from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the home page in the visitor's language."""
    response = redirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when pages and database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Pictures of pages. A CDN or web server in front takes this over where there is one."""
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))
