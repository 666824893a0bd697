"""What a reader hands to the builder: the paragraphs of a file, with what its format says of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kb.domain import Anchor


class Naming(Enum):
    """Whether a paragraph does nothing but name who speaks next."""

    NO = "no"
    MAYBE = "maybe"
    """It stands alone as a name would; the whole document decides."""
    CARD = "card"
    """A card: name, role and organisation on lines of their own. `lead` is the name."""
    STAMP = "stamp"
    """A name and a time, above the words. `lead` is the name; the whole document decides."""
    SURE = "sure"
    """The format says so (a paragraph style made for names)."""


NOWHERE = Anchor()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, cue, list item or table row, and the hints its format gives.

    text: may still hold layout line breaks; the builder cleans it.
    speaker: who speaks, where the format itself says it (a WebVTT voice).
    lead: the emphasised words that open the paragraph, if any (« **Name** : text »).
    said_from: where speech starts in the cleaned text; what stands before is the speaker's label.
    breaks: nobody who spoke before can be presumed to speak here (rule, run of empty paragraphs, other voice).
    joins: the text goes on from the block before on the same line (cues of one speaker).
    style: what its format calls paragraphs like it (a Word style, a level of heading), if it has a word for them.
    is_italic: the whole paragraph stands in italics.
    is_aside: it was noted, not said (« (Applaudissements.) »): nobody's, and no end of a turn.
    """

    text: str
    anchor: Anchor = NOWHERE
    speaker: str | None = None
    is_heading: bool = False
    lead: str = ""
    naming: Naming = Naming.NO
    said_from: int = 0
    breaks: bool = False
    joins: bool = False
    style: str = ""
    is_italic: bool = False
    is_aside: bool = False

    @property
    def said(self) -> str:
        """The words without the speaker's label."""
        return self.text[self.said_from :]
