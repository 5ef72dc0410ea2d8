"""Stub."""

from flask import Blueprint

blueprint = Blueprint("moderate", __name__)
