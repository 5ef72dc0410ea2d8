"""The portal: one Flask app, its parts joined, its blueprints listed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from flask import g, request
from flask_openapi3.openapi import OpenAPI

from catalog.database import repeated
from catalog.ids import new_id
from portal import (
    compression,
    counting,
    errors,
    formatting,
    guard,
    identity,
    interface,
    revisits,
    security,
    sharing,
    static_files,
    weights,
)
from portal.account.views import blueprint as account
from portal.api.blueprint import refused
from portal.api.description import INFO, SECURITY_SCHEMES
from portal.api.routes import blueprint as api
from portal.api.shapes import Problem
from portal.browse.views import blueprint as browse
from portal.contribute.overriding import Overriding
from portal.contribute.routes import blueprint as contribute
from portal.contribute.tus import blueprint as tus
from portal.download.views import blueprint as download
from portal.feeds.views import blueprint as feeds
from portal.limits import Window
from portal.manage.routes import blueprint as manage
from portal.moderate.views import blueprint as moderate
from portal.museums.views import blueprint as museums
from portal.operations.views import blueprint as operations
from portal.pages.views import blueprint as pages
from portal.services import Services, build
from portal.transfers import Transfers

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.typing import ResponseReturnValue

    from config.settings import Settings

log = structlog.get_logger()

BLUEPRINTS = (
    browse,
    museums,
    download,
    contribute,
    tus,
    moderate,
    manage,
    account,
    pages,
    feeds,
    operations,
)
FOLDER = Path(__file__).parent


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """Return the app over `services`, or over those that the settings describe."""
    services = services or build(settings)
    app = Portal(
        "portal",
        info=INFO,
        security_schemes=SECURITY_SCHEMES,
        validation_error_callback=refused,
        validation_error_model=Problem,
        validation_error_status=400,
        doc_ui=False,
        root_path=str(FOLDER),
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    app.extensions["caravan"] = services
    app.extensions["transfers"] = Transfers(settings.limits.transfers)
    app.extensions["searches"] = Window()
    counting.install(app, services.database)
    app.secret_key = services.secret_key
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER / "translations")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)
    # Answers pass these in the opposite order: compression sees what all others have made of them.
    for part in (
        compression,
        revisits,
        static_files,
        interface,
        weights,
        identity,
        errors,
        guard,
        formatting,
        sharing,
    ):
        part.install(app)
    security.install(app, settings)
    app.wsgi_app = Overriding(app.wsgi_app)  # type: ignore[method-assign]
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_api(api)
    return app


class Portal(OpenAPI):
    """The app; a view whose unit of work crossed another's is run again, if it can be."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view. What was streamed in is read once only, so such a request is not repeated."""
        view = super().dispatch_request
        streams = request.mimetype not in (
            "",
            "application/json",
            "application/x-www-form-urlencoded",
        )
        return view() if streams else repeated(view)


def _begin() -> None:
    """Give the request an id that the log and the error pages name."""
    g.request_id = new_id()
    g.began_at = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """Write one line for the request: no address, no query, nothing of a person."""
    response.headers["X-Request-Id"] = g.request_id
    log.info(
        "request",
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        milliseconds=round(1000 * (time.perf_counter() - g.began_at), 1),
    )
    return response


def _forget(error: BaseException | None) -> None:
    """Let what a thread logs later not bear the id of a request that is over."""
    del error
    structlog.contextvars.unbind_contextvars("request_id")
