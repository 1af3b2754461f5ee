"""The kinds of columns all tables are made of, and the naming of constraints."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column


def now() -> datetime:
    return datetime.now(UTC)


class Utc(TypeDecorator[datetime]):
    """A moment in UTC. It comes back aware on SQLite too, which keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Prose(TypeDecorator[str]):
    """Text as people type it. What no database holds (NUL, half of a surrogate pair) becomes the
    replacement character, so that a hostile line is stored instead of failing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


# SQLite counts up by itself only in a column that is called INTEGER.
Id = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Snowflake = Annotated[int, mapped_column(BigInteger)]
Typed = Annotated[str, mapped_column(Prose)]
ArtifactKey = Annotated[str, mapped_column(String(64))]
Moment = Annotated[datetime, mapped_column(Utc)]
Created = Annotated[datetime, mapped_column(Utc, default=now)]


def word_of(kind: type[StrEnum]) -> Enum:
    """The type of a column that holds one of those words."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda k: [s.value for s in k])


def one_of(column: str, kind: type[StrEnum]) -> str:
    """The condition that it does."""
    return f"{column} IN ({', '.join(repr(word.value) for word in kind)})"


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
