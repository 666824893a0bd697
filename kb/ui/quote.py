"""The page « Vérifier une citation »: a text is pasted, each quotation comes back with its verdict and its source."""

from __future__ import annotations

from itertools import count

import streamlit as st

from kb import quotes
from kb.citations import Quotation, sentence
from kb.errors import InvalidQuery
from kb.french import NBSP
from kb.library import Library
from kb.quotes import Checked, Part, Report, Source, Verdict, saying
from kb.ui import frame
from kb.ui.cards import cite_panel, demo_note, origin, place_link, select_button, toggle
from kb.ui.links import passage_address, passage_link
from kb.ui.markup import aside, esc, joined, marked, prose
from kb.ui.memory import VIEWER
from kb.ui.pages import titled

IN_ADDRESS = 2000
"""Characters of a text that is kept in the address; a longer one stays in the page."""
_TITLE = "Vérifier une citation"
_FIELD, _LONG = "texte-a-verifier", "texte-long"
_LEAD = (
    f"Collez une phrase ou une page{NBSP}: chaque citation est comparée, mot par mot, à ce qui s’est dit et écrit. "
    "Un seul mot de différence, et elle n’est plus dite «\u00a0mot pour mot\u00a0»."
)
_HOW = f"""<section class="how"><h2>Ce qui est vérifié</h2>
<p>Ce qui est entre guillemets, et les lignes qui commencent par «{NBSP}&gt;{NBSP}»{NBSP}; à défaut, chaque phrase. Les
apostrophes, les majuscules, la ponctuation et les fins de ligne ne comptent pas. Une coupe «{NBSP}[…]{NBSP}» et des
mots entre crochets sont admis, et montrés. Un texte long ne va pas dans l’adresse de la page.</p></section>"""
_LEGEND = (
    '<p class="held legend"><del>barré</del> : dans la source, mais pas dans la citation. '
    "<ins>souligné</ins> : dans la citation, mais pas dans la source.</p>"
)
_TAGS = {Part.ADDED: ("ins", "ajouté"), Part.MISSING: ("del", "retiré")}


def draw(library: Library) -> None:
    """Draw the page for the text of the address, or the longer one that was pasted."""
    st.set_page_config(page_title=titled(_TITLE))
    asked = st.query_params.get("texte", "") or str(st.session_state.get(_LONG, ""))
    st.html(f'<h1>{_TITLE}</h1><p class="intro">{esc(_LEAD)}</p>')
    st.session_state[_FIELD] = asked
    with st.form("formulaire-citation", border=False):
        st.text_area("Texte à vérifier", key=_FIELD, height=160, max_chars=quotes.LONGEST)
        st.form_submit_button("Vérifier", type="primary", on_click=_follow)
    if not asked.strip():
        st.html(_HOW)
        return
    try:
        report = quotes.check(library, asked, viewer=VIEWER)
    except InvalidQuery as error:
        st.html(frame.trouble(error))
        return
    st.html(found(report, str(st.context.url or "")))


def _follow() -> None:
    """A short text goes into the address, to be shared; a long one stays here."""
    typed = str(st.session_state.get(_FIELD, "")).strip()
    is_long = len(typed) > IN_ADDRESS
    st.session_state[_LONG] = typed if is_long else ""
    st.query_params.from_dict({"texte": typed} if typed and not is_long else {})


def found(report: Report, url: str) -> str:
    """What became of each quotation; url: where the app answers."""
    left = "".join(f'<p class="held">{esc(line)}</p>' for line in saying.left_out(report))
    has_changes = any(each.verdict is Verdict.ALTERED for each in report.checked)
    ranks = count(1)
    items = "".join(f"<li>{_checked(next(ranks), each, url)}</li>" for each in report.checked)
    shown = [each.source.document for each in report.checked if each.source]
    return (
        f'<p class="headline" role="status" tabindex="-1">{esc(saying.headline(report))}</p>{left}'
        f'{_LEGEND if has_changes else ""}{demo_note(shown)}<ol class="checked">{items}</ol>'
    )


def _checked(rank: int, checked: Checked, url: str) -> str:
    """A quotation: the verdict, its words, what is to know, where they come from."""
    remarks = "".join(f"<li>{esc(remark)}</li>" for remark in saying.remarks(checked))
    source = _source(rank, checked.source, url, checked) if checked.source else ""
    return (
        f'<article class="verdict {checked.verdict.value}" aria-labelledby="verdict-{rank}">'
        f'<h2 id="verdict-{rank}">{esc(saying.verdict(checked))}</h2>'
        f'<blockquote class="pasted"><p>{_words(checked)}</p></blockquote>'
        f"{f'<ul class=remarks>{remarks}</ul>' if remarks else ''}{source}</article>"
    )


def _words(checked: Checked) -> str:
    """The quotation as it was pasted; what differs is told by strokes and by words that are read out."""
    if checked.judgement is None:
        return prose(checked.quote)
    said: list[str] = []
    for piece in checked.judgement.pieces:
        text = prose(piece.text)
        if piece.part in _TAGS:
            tag, label = _TAGS[piece.part]
            opens, closes = (f'<span class="unseen">{esc(sign)}</span>' for sign in (f"[{label}{NBSP}: ", "]"))
            text = f"<{tag}>{opens}{text.strip()}{closes}</{tag}>"
            text = f" {text} " if not said or not said[-1].endswith(("’", "&#x27;")) else f"{text} "
        elif piece.part in (Part.EDITOR, Part.CUT):
            text = f'<span class="editor">{text}</span>'
        said.append(text)
    return "".join(said)


def _source(rank: int, source: Source, url: str, checked: Checked) -> str:
    """Who said it, where it stands, what surrounds it, and how to cite it."""
    passage, document, session = source.passage, source.document, source.session
    address = passage_address(source.selector, url)
    around = marked(source.around, source.marks if checked.judgement else (), None)
    is_one_voice = len(source.speakers) < 2  # words of two people are not to be cited as one's
    cited = cite_panel(rank, sentence(Quotation(passage, document, session, address)), address) if is_one_voice else ""
    cite = toggle("Citer", f"cite-{rank}") if is_one_voice else ""
    return (
        f'<figure class="origin" aria-labelledby="who-{rank}"><figcaption id="who-{rank}">'
        f"{origin(passage, document, session)}</figcaption>"
        f'<blockquote cite="{esc(address)}"><p>{around}</p></blockquote>'
        f'<p class="acts">{place_link(passage, document, source.selector)}{cite}'
        f"{select_button(source.selector, f'who-{rank}')}</p>"
        f"{cited}{_others(checked)}</figure>"
    )


def _others(checked: Checked) -> str:
    """Links to the other places that have the very same words."""
    items = "".join(
        f'<li><a href="{esc(passage_link(each.selector))}">'
        f"{joined((aside(each.document.title), esc(saying.origin(each))))}</a></li>"
        for each in checked.others
    )
    return f'<ul class="also">{items}</ul>' if items else ""


frame.page(draw, "verifier")
