"""A chosen passage as it is today: its words, what became of it, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from kb import browse, exports
from kb.browse import Located
from kb.citations import Quotation, sentence
from kb.domain import Document
from kb.errors import InvalidQuery, UnknownItem
from kb.library import Library
from kb.selectors import State, parse_token
from kb.ui.basket import Choice
from kb.ui.cards import cite_panel, origin, place_link, toggle
from kb.ui.links import passage_address
from kb.ui.markup import esc, prose
from kb.ui.memory import VIEWER

_BROKEN = "L’adresse de ce passage est incomplète ou abîmée."


@dataclass(frozen=True, slots=True)
class Item:
    """A choice and where its passage is today; None where it is nowhere. fault: why, when that is known."""

    choice: Choice
    found: Located | None
    fault: str = ""

    @property
    def document(self) -> Document | None:
        """The document it is in."""
        return self.found.reading.document if self.found else None

    @property
    def is_changed(self) -> bool:
        """Whether its words are not those that were chosen."""
        return self.found is not None and self.found.state is State.CHANGED

    @property
    def is_broken(self) -> bool:
        """Whether its address names nothing, and is not worth keeping."""
        return self.fault == _BROKEN

    def cited(self, url: str) -> Quotation | None:
        """It as it is quoted in an export; `url`: where the app answers."""
        if self.found is None:
            return None
        reading = self.found.reading
        return Quotation(reading.passage, reading.document, reading.session, passage_address(self.found.selector, url))


def item(library: Library, choice: Choice) -> Item:
    """The passage of a choice, wherever it is today and if this viewer may see it."""
    try:
        found = browse.locate(library, parse_token(choice.token), viewer=VIEWER)
    except InvalidQuery:
        return Item(choice, None, _BROKEN)
    except UnknownItem:
        return Item(choice, None, exports.GONE)
    return Item(choice, None, exports.GONE) if found.state is State.LOST else Item(choice, found)


def shown(rank: int, each: Item, url: str) -> str:
    """A chosen passage as a card, under its number."""
    title = f'<h2 class="rank">Passage {rank}</h2>'
    cited = each.cited(url)
    if each.found is None or cited is None:
        broken = f' data-broken="{esc(each.choice.token)}"' if each.is_broken else ""
        return f'{title}<p class="caution"{broken}>{esc(each.fault)}</p>'
    passage, document = cited.passage, cited.document
    changed = f'<p class="caution">{esc(exports.CHANGED)}</p>' if each.is_changed else ""
    return (
        f'{title}<figure class="hit" aria-labelledby="who-{rank}">'
        f'<figcaption id="who-{rank}">{origin(passage, document, cited.session)}</figcaption>{changed}'
        f'<blockquote cite="{esc(cited.address)}"><p>{prose(passage.text)}</p></blockquote>'
        f'<p class="acts">{place_link(passage, document, each.found.selector)}{toggle("Citer", f"cite-{rank}")}</p>'
        f"{cite_panel(rank, sentence(cited), cited.address)}</figure>"
    )
