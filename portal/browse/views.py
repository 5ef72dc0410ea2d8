"""Stub."""

from flask import Blueprint

blueprint = Blueprint("browse", __name__)


@blueprint.get("/")
def front():
    return ""


@blueprint.get("/resources/<rid>")
def resource(rid):
    return ""
