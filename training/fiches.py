"""`python -m training.fiches PACKAGE.tgz OUT`: a set of written questions and answers, beside debate.

The package is npm's `@socialgouv/fiches-travail-data` (Apache-2.0): the Ministry of Labour's practical guides, as data.
A section's title is a query, its text is cut into passages that answer it.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from lxml import html

from kb.french import sentences

_FILE = "package/data/fiches-travail.json"
_LICENCE = "Licence: package Apache-2.0; the texts are the Ministry of Labour's (Licence Ouverte 2.0)."
_TELLS_NOTHING = re.compile(
    r"^(à lire|qui contacter|services? en ligne|textes? de référence|pour aller plus loin|contenu|sources?\b"
    r"|documents?\b|à télécharger|en savoir plus|sommaire|vidéos?|liens?\b|contacts?\b)",
    re.IGNORECASE,
)
_BLOCKS = "p", "li", "tr", "h2", "h3", "h4", "h5", "h6", "blockquote"
_WORDS = 130
_LEAST_WORDS, _LEAST_ASKED = 20, 8
_MOST_PASSAGES = 4
"""Of one section: what comes far down is about other things than its title."""
_EVERY = 2
"""Every second guide: so many that a third of what is drawn is theirs, the rest being debate."""


def main(
    package: Annotated[Path, typer.Argument(help="What « npm pack @socialgouv/fiches-travail-data » fetched.")],
    out: Annotated[Path, typer.Argument(help="Folder of the set.")],
) -> None:
    """Write the set in BEIR layout."""
    with tarfile.open(package) as archive:
        member = archive.extractfile(_FILE)
        if member is None:
            raise SystemExit(f"Erreur : {package} : {_FILE} n’y est pas.")
        guides = json.load(member)
    out.mkdir(parents=True, exist_ok=True)
    corpus, queries, relevant = [], [], ["query-id\tcorpus-id\tscore"]
    for number, (guide, title, passages) in enumerate(sections(guides)):
        document = f"{guide}.{number}"
        queries.append({"_id": document, "text": title, "doc_id": document})
        for place, text in enumerate(passages):
            corpus.append({"_id": f"{document}.{place}", "text": text, "doc_id": document})
            relevant.append(f"{document}\t{document}.{place}\t1")
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (out / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    (out / "qrels.tsv").write_text("\n".join(relevant) + "\n", encoding="utf-8")
    (out / "README.md").write_text(_LICENCE + "\n", encoding="utf-8")
    print(f"{len(queries)} sections, {len(corpus)} passages")


def sections(guides: list[Mapping[str, Any]]) -> Iterator[tuple[str, str, list[str]]]:
    """Each section that says something: its guide, what it is about, its passages."""
    for guide in guides[::_EVERY]:
        for section in guide["sections"]:
            name = section["title"].strip()
            passages = cut(section["html"])[:_MOST_PASSAGES]
            if passages and not _TELLS_NOTHING.match(name):
                asks = name == guide["title"] or (name.endswith("?") and len(name.split()) >= _LEAST_ASKED)
                yield guide["pubId"], name if asks else f"{guide['title']} : {name}", passages


def cut(page: str) -> list[str]:
    """The text of a piece of HTML in passages of whole sentences, of `_WORDS` words or a little more."""
    passages: list[str] = []
    held: list[str] = []
    for sentence in _sentences(page):
        held.append(sentence)
        if sum(len(s.split()) for s in held) >= _WORDS:
            passages.append(" ".join(held))
            held = []
    if sum(len(s.split()) for s in held) >= _LEAST_WORDS:
        passages.append(" ".join(held))
    return passages


def _sentences(page: str) -> Iterator[str]:
    if not page.strip():
        return
    root = html.fragment_fromstring(page, create_parent="div")
    for element in root.iter(*_BLOCKS):
        if not any(True for _ in element.iterdescendants(*_BLOCKS)):
            text = " ".join(element.text_content().split())
            yield from (text[start:end] for start, end in sentences(text))


if __name__ == "__main__":
    typer.run(main)
