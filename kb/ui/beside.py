"""What stands beside a passage: its place in the source, a way to cite it, and the passages near it in meaning."""

from __future__ import annotations

from collections.abc import Sequence

from kb import french, labels
from kb.browse import Located
from kb.citations import Quotation, forms, sentence
from kb.domain import Document, Passage
from kb.french import NBSP
from kb.library import Library
from kb.ui.cards import demo_tag, toggle
from kb.ui.links import is_pdf, page_picture_link, passage_link, source_link
from kb.ui.markup import aside, esc, joined, prose

_SLIDE = 1200
"""Characters of a slide that are shown."""
_SHORT = 240
"""Characters of a passage that is near in meaning: three or four lines."""


def source(found: Located) -> str:
    """Where the passage stands in the file: the page as a picture, the time, the slide, the heading."""
    passage, document = found.reading.passage, found.reading.document
    if is_pdf(document.path) and passage.anchor.page:
        said = _page(passage, document)
    elif passage.anchor.start_s is not None:
        said = _times(passage)
    elif passage.anchor.slide is not None:
        said = _slide(found)
    else:
        said = _place(passage)
    title = '<h2 id="source" tabindex="-1">La source</h2>'
    return f'<section class="source">{title}{said}<p class="acts">{_original(found)}</p></section>'


def _page(passage: Passage, document: Document) -> str:
    link = esc(source_link(document, passage.anchor.page))
    picture = esc(page_picture_link(document, passage.anchor.page or 1, passage))
    said = f"Page {passage.anchor.page} du PDF «{NBSP}{document.title}{NBSP}», avec le passage surligné"
    return (
        f'<figure class="page"><a href="{link}"><img src="{picture}" alt="{esc(said)}" loading="lazy"></a>'
        f"<figcaption>Page{NBSP}{passage.anchor.page} du PDF. Le passage y est surligné, sauf si la page est numérisée."
        "</figcaption></figure>"
    )


def _times(passage: Passage) -> str:
    """« de 12:31 à 13:05 dans l’enregistrement »."""
    start, end = passage.anchor.start_s or 0.0, passage.anchor.end_s
    until = f" à {french.clock(end)}" if end is not None and int(end) > int(start) else ""
    times = f"{'de ' if until else 'à '}{french.clock(start)}{until}"
    return f'<p class="times">{esc(times)}</p><p class="held">dans l’enregistrement de la séance</p>'


def _slide(found: Located) -> str:
    """A slide's number and its text: pictures of slides are not in the memory."""
    number = found.reading.passage.anchor.slide
    inside = [s for s in found.whole.segments if s.anchor.slide == number]
    title = next((s for s in inside if s.is_heading), None)
    words = found.whole.text[inside[0].start : inside[-1].end][:_SLIDE] if inside else found.reading.passage.text
    if title:
        words = words.removeprefix(found.whole.text[title.start : title.end]).strip()
    head = f'<p class="slide-title">{aside(found.whole.text[title.start : title.end])}</p>' if title else ""
    body = f"<p>{prose(words)}</p>" if words else ""
    return f'<figure class="slide"><figcaption>{esc(f"Diapositive{NBSP}{number}")}</figcaption>{head}{body}</figure>'


def _place(passage: Passage) -> str:
    """« ligne 24 », « § 12, sous le titre « Ce qui fait débat » »."""
    where = labels.anchor(passage.anchor)
    heading = f"sous le titre «{NBSP}{passage.anchor.heading}{NBSP}»" if passage.anchor.heading else ""
    said = joined((esc(where), aside(heading) if heading else ""))
    return f"<p>{said}</p>" if said else ""


def _original(found: Located) -> str:
    """The original in the browser's viewer where it has one, else to be downloaded."""
    document, page = found.reading.document, found.reading.passage.anchor.page
    if is_pdf(document.path):
        where = f" à la {labels.anchor(found.reading.passage.anchor)}" if page else ""
        return f'<a href="{esc(source_link(document, page))}">Ouvrir le PDF{esc(where)}</a>'
    name = aside(document.file_name)
    link = esc(source_link(document))
    return f'<a href="{link}" download>Télécharger l’original ({name})</a>'


def citing(found: Located, address: str) -> str:
    """The citation and the address, then the other forms, each opened by its name and copied by a button."""
    reading = found.reading
    cited = Quotation(reading.passage, reading.document, reading.session, address)
    others = forms(cited, found.selector)
    return (
        '<section class="citing"><h2 id="citer" tabindex="-1">Citer</h2>'
        f'<p class="citation" id="citation-1">{esc(sentence(cited))}</p>'
        '<p class="acts"><button type="button" class="copy" data-copy="citation-1">Copier la citation</button>'
        f'<button type="button" class="copy" data-text="{esc(address)}">Copier le lien</button></p>'
        f'<p class="acts forms">{"".join(toggle(form.name, f"form-{form.key}") for form in others)}</p>'
        + "".join(_form(form.key, form.text, form.name) for form in others)
        + "</section>"
    )


def _form(key: str, text: str, name: str) -> str:
    return (
        f'<div class="panel form" id="form-{key}" hidden><pre class="citation" id="citation-{key}" tabindex="0" '
        f'role="group" aria-label="{esc(name)}">{esc(text)}</pre>'
        f'<button type="button" class="copy" data-copy="citation-{key}">Copier</button></div>'
    )


def near(library: Library, found: Sequence[tuple[Passage, Document]]) -> str:
    """Short cards of the passages near in meaning, each with a link to its page."""
    if not found:
        return ""
    items = "".join(f"<li>{_near(library, passage, document)}</li>" for passage, document in found)
    return (
        '<section class="near"><h2 id="proches" tabindex="-1">Passages proches par le sens</h2>'
        f"<ul>{items}</ul></section>"
    )


def _near(library: Library, passage: Passage, document: Document) -> str:
    session = library.session(document.session)
    where = joined((esc(labels.when(document, session)), esc(labels.TYPES[document.type])))
    place = f'<a href="{esc(passage_link(passage))}">{esc(labels.place(passage, document))}</a>'
    return (
        f'<figure><figcaption><cite class="who">{aside(passage.speaker or document.title)}</cite>{demo_tag(document)}'
        f'<span class="where">{where}</span></figcaption>'
        f'<blockquote><p>{prose(_begun(passage.text))}</p></blockquote><p class="acts">{place}</p></figure>'
    )


def _begun(text: str) -> str:
    """The beginning of a passage, cut after a word; what is cut is shown as cut."""
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rpartition(' ')[0] or text[:_SHORT]} …"
