"""Stub."""

from flask import Blueprint

blueprint = Blueprint("contribute", __name__)
