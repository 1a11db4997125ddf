from os import PathLike
from typing import Any, Literal, Mapping, Protocol, TypedDict, TypeVar, overload

__all__ = ["Error", "InvalidCase", "InvalidScorecard", "Reason", "Refused", "Score", "Scorecard", "load"]

class Score(TypedDict):
    """What a case scores."""

    score: float
    """Base points plus the points of every feature; higher is safer."""
    pd: float
    """The probability of default that belongs to the score."""
    segment: str | None
    """The case's segment; None in a card without segments."""
    points: dict[str, float]
    """Points by feature, those of the case's segment."""
    reasons: list[str]
    """At most four, what cost most first."""
    unforeseen: int
    """How many of the case's features had a value that development never saw."""

class Reason(TypedDict):
    """A reason for a low score."""

    reason: str
    feature: str
    points_lost: float

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

# A frame of pandas or Polars gives one of its own kind; every other gives a pyarrow.Table.
_Frame = TypeVar("_Frame", bound=_ArrowStream)

class Error(ValueError):
    """Base of every error that this package raises."""

class InvalidScorecard(Error):
    """The document is no scorecard, or was changed or damaged."""

class InvalidCase(Error):
    """A case or frame lacks a column, or has a value of the wrong type."""

    column: str | None
    row: int | None

class Refused(Error):
    """The card gives this case no score."""

    column: str | None
    row: int | None

class Scorecard:
    """A scorecard that has been checked and can score; `scorewright.load` makes one."""

    def __init__(self, document: bytes) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Literal["application", "behavior", "collection"]: ...
    @property
    def format_version(self) -> int: ...
    @property
    def sha256(self) -> str:
        """The SHA-256 of the document's canonical bytes: which card this is."""
    @property
    def inputs(self) -> dict[str, Literal["numeric", "categorical"]]:
        """The columns that the card needs, with their types."""
    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features, in the order of the card."""
    @property
    def document(self) -> dict[str, Any]:
        """The whole document as a dict of one's own."""
    def to_json(self) -> bytes:
        """The document's canonical bytes, which `scorewright.load` reads."""
    @overload
    def score(self, data: Mapping[str, Any]) -> Score: ...
    @overload
    def score(self, data: _Frame) -> _Frame: ...
    @overload
    def reasons(self, data: Mapping[str, Any]) -> list[Reason]: ...
    @overload
    def reasons(self, data: _Frame) -> _Frame: ...

def load(source: str | PathLike[str] | bytes | bytearray | memoryview) -> Scorecard:
    """Loads a scorecard from the path of a scorecard.json, or from its bytes."""
