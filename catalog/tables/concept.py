"""The subject vocabulary (SKOS): concepts, their labels in many languages, and their tree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Concept(Base):
    """A node of the vocabulary; the id is an English word and never changes."""

    __tablename__ = "concept"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]
    """Since when it is not offered any more; what has it keeps it, and is found by it."""


class ConceptLabel(Base):
    """A name of a concept. `preferred` is skos:prefLabel, the others are skos:altLabel."""

    __tablename__ = "concept_label"

    concept_id: Mapped[str] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    preferred: Mapped[bool]
    folded: Mapped[str] = mapped_column(index=True)
    """The value as it is looked up: NFKC, case folded, white space as one."""
    own: Mapped[bool] = mapped_column(default=False)
    """Given by this house, not by the data that the program came with: a new edition leaves it."""


class ConceptBroader(Base):
    """skos:broader."""

    __tablename__ = "concept_broader"

    concept_id: Mapped[str] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True
    )
    broader_id: Mapped[str] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True
    )


class VersionSubject(Base):
    """What a version is about."""

    __tablename__ = "version_subject"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("version.id", ondelete="CASCADE"), primary_key=True
    )
    concept_id: Mapped[str] = mapped_column(ForeignKey("concept.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


Index("ix_version_subject_concept_id", VersionSubject.concept_id)
