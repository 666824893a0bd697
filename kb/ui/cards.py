"""Hits as cards: who, where, the words, then what can be done with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb import french, labels
from kb.browse import Reading
from kb.domain import Document, Hit, Passage, Session, Why
from kb.ui.citation import citation
from kb.ui.links import ABOUT_DEMO, is_pdf, passage_address, passage_link, source_link
from kb.ui.markup import aside, esc, joined, marked, prose


def cards(hits: Sequence[Hit], readings: Sequence[Reading], url: str) -> str:
    """The hits, best first; `readings` are the same passages with their neighbours, `url` where the app answers."""
    items = (card(rank, hit, reading, url) for rank, (hit, reading) in enumerate(zip(hits, readings, strict=True), 1))
    return f'<ol class="hits">{"".join(f"<li>{item}</li>" for item in items)}</ol>'


def card(rank: int, hit: Hit, reading: Reading, url: str) -> str:
    """One hit. `rank` makes the names of its parts unique in the page."""
    passage, document = hit.passage, hit.document
    address = passage_address(passage.id, url)
    words = marked(passage.text, hit.why.spans, hit.why.best_sentence)
    return (
        f'<figure class="hit" aria-labelledby="who-{rank}">'
        f'<figcaption id="who-{rank}">{origin(passage, document, hit.session)}</figcaption>'
        f"{_neighbours('before', rank, reading.before)}"
        f'<blockquote cite="{esc(address)}"><p>{words}</p></blockquote>'
        f"{_neighbours('after', rank, reading.after)}"
        f'<p class="acts">{_acts(rank, hit, reading)}</p>'
        f"{cite_panel(rank, citation(passage, document, hit.session, address), address)}"
        f"{_why_panel(rank, hit.why)}"
        "</figure>"
    )


def origin(passage: Passage, document: Document, session: Session | None) -> str:
    """Who speaks, then the session, its date and season, and what document it is."""
    speaker = labels.speaker(passage, document)
    rest = joined(
        (
            esc(labels.when(document, session)),
            aside(session.title) if session else esc(labels.UNFILED),
            esc(labels.TYPES[document.type]),
        )
    )
    return (
        f'<span class="first"><cite class="who">{aside(speaker or document.title)}</cite>{demo_tag(document)}</span>'
        f'<span class="where">{rest}</span>'
    )


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


def place_link(passage: Passage, document: Document) -> str:
    """A link to the source at the right place: the page of a PDF, else the passage in its document's text."""
    if not is_pdf(document.path):
        return f'<a href="{esc(passage_link(passage.id))}">{esc(labels.place(passage, document))}</a>'
    return (
        f'<a href="{esc(source_link(document, passage.anchor.page))}">{esc(labels.place(passage, document))} (PDF)</a>'
        f'<a href="{esc(passage_link(passage.id))}">Texte intégral</a>'
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


def _why_panel(rank: int, reasons: Why) -> str:
    said = esc(labels.why(reasons))
    return f'<p class="panel why" id="why-{rank}" hidden>{said}</p>' if said else ""


def _acts(rank: int, hit: Hit, reading: Reading) -> str:
    around = [f"{side}-{rank}" for side, found in (("before", reading.before), ("after", reading.after)) if found]
    return (
        place_link(hit.passage, hit.document)
        + (toggle("Lire autour", *around) if around else "")
        + toggle("Citer", f"cite-{rank}")
        + (toggle(f"Pourquoi{french.NBSP}?", f"why-{rank}") if labels.why(hit.why) else "")
    )


def _neighbours(side: str, rank: int, passages: Sequence[Passage]) -> str:
    if not passages:
        return ""
    said = "".join(
        f"<p>{f'<span class=who>{aside(p.speaker)}</span> ' if p.speaker else ''}{prose(p.text)}</p>" for p in passages
    )
    return f'<div class="around" id="{side}-{rank}" hidden>{said}</div>'
