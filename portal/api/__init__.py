"""The API for programs, described by an OpenAPI document."""
