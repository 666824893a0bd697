"""Hits as cards: who, where, the words, then what can be done with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb import french, labels
from kb.browse import Reading
from kb.citations import Quotation, sentence
from kb.domain import Document, Hit, Passage, Session, Why
from kb.selectors import Selector
from kb.ui.links import ABOUT_DEMO, is_pdf, passage_address, passage_link, session_link, source_link, speaker_link
from kb.ui.markup import aside, esc, joined, marked, prose


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit and what is shown of its surroundings.

    reading: the same passage with its neighbours; repeats: those that say the same, put behind it;
    inside: how many passages of its document answer and their address, when more do than are shown.
    """

    hit: Hit
    reading: Reading
    repeats: tuple[Reading, ...] = ()
    inside: tuple[int, str] | None = None


def cards(found: Sequence[Shown], url: str, *, are_answers: bool = True) -> str:
    """The hits, best first, with less weight when they may not be answers; `url`: where the app answers."""
    items = "".join(f"<li>{card(rank, each, url)}</li>" for rank, each in enumerate(found, 1))
    return f'<ol class="hits{"" if are_answers else " nearest"}">{items}</ol>'


def card(rank: int, shown: Shown, url: str) -> str:
    """One hit. `rank` makes the names of its parts unique in the page."""
    hit, reading = shown.hit, shown.reading
    passage, document = hit.passage, hit.document
    address = passage_address(reading.selector, url)
    words = marked(passage.text, hit.why.spans, hit.why.best_sentence)
    return (
        f'<figure class="hit" aria-labelledby="who-{rank}">'
        f'<figcaption id="who-{rank}">{origin(passage, document, hit.session)}</figcaption>'
        f"{_neighbours('before', rank, reading.before)}"
        f'<blockquote cite="{esc(address)}"><p>{words}</p></blockquote>'
        f"{_neighbours('after', rank, reading.after)}"
        f'<p class="acts">{_acts(rank, shown)}</p>'
        f"{cite_panel(rank, sentence(Quotation(passage, document, hit.session, address)), address)}"
        f"{_why_panel(rank, hit.why)}{_repeats_panel(rank, shown.repeats)}"
        "</figure>"
    )


def origin(passage: Passage, document: Document, session: Session | None) -> str:
    """Who speaks, then the session, its date and season, and what document it is."""
    speaker = labels.speaker(passage, document)
    rest = joined(
        (
            esc(labels.when(document, session)),
            _quiet(session_link(session.id), aside(session.title)) if session else esc(labels.UNFILED),
            esc(labels.TYPES[document.type]),
        )
    )
    who = f'<cite class="who">{aside(speaker or document.title)}</cite>'
    who = _quiet(speaker_link(passage.speaker), who) if passage.speaker else who
    return f'<span class="first">{who}{demo_tag(document)}</span><span class="where">{rest}</span>'


def _quiet(address: str, name: str) -> str:
    """A link that does not call for attention among the words that do."""
    return f'<a class="quiet" href="{esc(address)}">{name}</a>'


def demo_tag(document: Document) -> str:
    """« démonstration », where the document was written to try the tool."""
    title = esc(labels.DEMO_MEANS)
    return f' <span class="tag" title="{title}">{esc(labels.DEMO)}</span>' if document.demo else ""


def demo_note(documents: Iterable[Document]) -> str:
    """What « démonstration » means, once for a page that shows the word."""
    if not any(document.demo for document in documents):
        return ""
    return (
        f'<p class="held note">« {esc(labels.DEMO)} »{french.NBSP}: {esc(labels.DEMO_MEANS.lower())}. '
        f'<a href="{ABOUT_DEMO}">En savoir plus</a></p>'
    )


def place_link(passage: Passage, document: Document, selector: Selector | None = None) -> str:
    """A link to the source at the right place: the page of a PDF, else the passage in its document's text."""
    address = passage_link(selector or passage)
    if not is_pdf(document.path):
        return f'<a href="{esc(address)}">{esc(labels.place(passage, document))}</a>'
    return (
        f'<a href="{esc(source_link(document, passage.anchor.page))}">{esc(labels.place(passage, document))} (PDF)</a>'
        f'<a href="{esc(address)}">Texte intégral</a>'
    )


def cite_panel(rank: int, text: str, address: str) -> str:
    """The citation and the buttons that copy it, or only its address; closed until asked."""
    return (
        f'<div class="panel" id="cite-{rank}" hidden><p class="citation" id="citation-{rank}">{esc(text)}</p>'
        f'<button type="button" class="copy" data-copy="citation-{rank}">Copier la citation</button> '
        f'<button type="button" class="copy" data-text="{esc(address)}">Copier le lien</button></div>'
    )


def toggle(words: str, *panels: str) -> str:
    """A button that opens and closes the panels with these names."""
    return f'<button type="button" aria-expanded="false" aria-controls="{esc(" ".join(panels))}">{esc(words)}</button>'


def select_button(selector: Selector, described_by: str = "") -> str:
    """A button that puts a passage into the reader's selection, or takes it out; the script keeps its words true.

    described_by: the id of what says which passage it is, where there are several.
    """
    which = f' aria-describedby="{esc(described_by)}"' if described_by else ""
    return f'<button type="button" data-select="{esc(selector.token)}"{which}>Ajouter à ma sélection</button>'


def _why_panel(rank: int, reasons: Why) -> str:
    said = esc(labels.why(reasons))
    return f'<p class="panel why" id="why-{rank}" hidden>{said}</p>' if said else ""


def _repeats_panel(rank: int, repeats: Sequence[Reading]) -> str:
    """Links to the passages that say the same: who, when, in which document, where."""
    items = "".join(f"<li>{_repeat(each)}</li>" for each in repeats)
    return f'<ul class="panel same" id="same-{rank}" hidden>{items}</ul>' if items else ""


def _repeat(found: Reading) -> str:
    passage, document = found.passage, found.document
    where = esc(labels.anchor(passage.anchor))
    said = joined((aside(document.title), esc(labels.when(document, found.session)), where))
    return f'<a href="{esc(passage_link(found.selector))}">{said}</a>'


def _acts(rank: int, shown: Shown) -> str:
    hit, reading = shown.hit, shown.reading
    around = [f"{side}-{rank}" for side, found in (("before", reading.before), ("after", reading.after)) if found]
    return (
        place_link(hit.passage, hit.document, reading.selector)
        + (toggle("Lire autour", *around) if around else "")
        + toggle("Citer", f"cite-{rank}")
        + select_button(reading.selector, f"who-{rank}")
        + (toggle(f"Pourquoi{french.NBSP}?", f"why-{rank}") if labels.why(hit.why) else "")
        + (_inside_link(*shown.inside) if shown.inside else "")
        + (toggle(labels.repeats(len(shown.repeats)), f"same-{rank}") if shown.repeats else "")
    )


def _inside_link(count: int, address: str) -> str:
    said = f"Dans ce document{french.NBSP}: {french.count(count, 'passage')}"
    return f'<a class="inside" href="{esc(address)}">{esc(said)}</a>'


def _neighbours(side: str, rank: int, passages: Sequence[Passage]) -> str:
    if not passages:
        return ""
    said = "".join(
        f"<p>{f'<span class=who>{aside(p.speaker)}</span> ' if p.speaker else ''}{prose(p.text)}</p>" for p in passages
    )
    return f'<div class="around" id="{side}-{rank}" hidden>{said}</div>'
