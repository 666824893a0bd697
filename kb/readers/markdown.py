"""Markdown: CommonMark with tables, YAML front matter, HTML inside, template tags of static sites left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.domain import Anchor, ReadDocument
from kb.readers.blocks import Block, Naming
from kb.readers.builder import build, choose_title, first_title
from kb.readers.cleaning import clean, clean_lines
from kb.readers.decoding import read_text
from kb.readers.markup import blocks_of as html_blocks
from kb.readers.markup import parse as parse_html
from kb.readers.stamps import stamp
from kb.readers.turns import card_name

_TEMPLATE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_FENCE = re.compile(r"---[ \t]*$")
_FENCE_END = re.compile(r"(---|\.\.\.)[ \t]*$")
_LONGEST_RUN = re.compile(r"([`*_\[~<>])\1{200,}")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)

BAD_FRONT_MATTER = "l’en-tête YAML est illisible : il a été ignoré"


def read(path: Path) -> ReadDocument:
    """Read a Markdown file. Anchors give heading, paragraph and line."""
    text, warnings = read_text(path)
    lines = re.split("\r\n|\r|\n", text)
    end, head = _front_matter(lines)
    title, bad = _title_of(head)
    if bad:
        warnings.append(BAD_FRONT_MATTER)
    body = "\n".join(["" for _ in range(end)] + lines[end:])
    body = _TEMPLATE.sub(lambda tag: "\n" * tag.group().count("\n"), body)
    body = _LONGEST_RUN.sub("", body)  # a run of thousands of marks is no writing, and takes quadratic time
    blocks: list[Block] = []
    levels: list[tuple[int, str]] = []
    for number, (block, level) in enumerate(_Walk(_parser().parse(body)).blocks(), start=1):
        blocks.append(replace(block, anchor=replace(block.anchor, paragraph=number)))
        if level:
            levels.append((level, block.text))
    return build(blocks, title=choose_title(title, first_title(levels)), warnings=warnings)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table", "strikethrough"])
    setattr(parser, "validateLink", lambda url: True)  # noqa: B010  (only the words of links are kept)
    return parser


def _front_matter(lines: Sequence[str]) -> tuple[int, str]:
    """Where the body begins, and the YAML before it; (0, "") where there is none or it is never closed."""
    if not lines or not _FENCE.match(lines[0]):
        return 0, ""
    for number, line in enumerate(lines[1:200], start=1):
        if _FENCE_END.match(line):
            return number + 1, "\n".join(lines[1:number])
    return 0, ""


def _title_of(head: str) -> tuple[str | None, bool]:
    """The front matter's title, and whether the front matter is bad."""
    try:
        fields = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None, True
    title = fields.get("title") if isinstance(fields, dict) else None
    return (title, False) if isinstance(title, str) else (None, False)


class _Walk:
    """One pass over the tokens of a document."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.breaks = False
        self.prefix = ""
        self.orders: list[int | None] = []

    def blocks(self) -> Iterator[tuple[Block, int]]:
        """Blocks in order, each with its heading level (0 for none)."""
        row: list[str] | None = None
        level = 0
        for token in self.tokens:
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
                self.orders.append(start)
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                self.orders.pop()
            elif token.type == "list_item_open":
                self._number()
            elif token.type == "tr_open":
                row, line = [], token.map
            elif token.type == "tr_close" and row is not None:
                yield self._made(Block(" | ".join(row), _anchor(line))), 0
                row = None
            elif token.type == "inline" and row is not None:
                row.append(clean(_text(token)))
            elif token.type == "inline":
                yield replace(self._paragraph(token, is_heading=bool(level)), style=f"h{level}" if level else ""), level
                level = 0
            elif token.type in ("fence", "code_block"):
                yield self._made(Block(token.content, _anchor(token.map))), 0
            elif token.type == "hr":
                self.breaks = True
            elif token.type == "html_block":
                for block in _html(token):
                    yield self._made(block), 0

    def _number(self) -> None:
        order = self.orders[-1]
        if order is not None:
            self.prefix = f"{order}. "
            self.orders[-1] = order + 1

    def _made(self, block: Block) -> Block:
        made = replace(block, text=self.prefix + block.text, breaks=self.breaks or block.breaks)
        if self.prefix:
            made = replace(made, lead="", naming=Naming.NO)
        self.prefix, self.breaks = "", False
        return made

    def _paragraph(self, token: Token, *, is_heading: bool) -> Block:
        lines = [line for line in clean_lines(_text(token)) if line]
        stamped = [line for line in clean_lines(_text(token, soft="\n")) if line]
        lines = stamped if stamp(stamped) and not is_heading else lines
        lead = "" if is_heading else clean(_lead(token))
        name = None if is_heading else card_name(lines)
        alone = bool(lead) and lead == " ".join(lines)
        naming = Naming.CARD if name else Naming.MAYBE if alone else Naming.NO
        block = Block(
            ("\n" if lines == stamped else " ").join(lines),
            _anchor(token.map),
            is_heading=is_heading,
            lead=name or lead,
            naming=naming,
            is_italic=not is_heading and _is_italic(token),
        )
        return self._made(block)


def _anchor(lines: Sequence[int] | None) -> Anchor:
    return Anchor(line=lines[0] + 1 if lines else None)


def _html(token: Token) -> Iterator[Block]:
    root = parse_html(token.content)
    first = token.map[0] + 1 if token.map else 1
    yield from html_blocks(root, first_line=first) if root is not None else ()


def _text(token: Token, soft: str = " ") -> str:
    """The words of an inline token. Only hard breaks are line ends, unless soft ones are told to be."""
    return "".join(soft if child.type == "softbreak" else _piece(child) for child in token.children or ())


def _is_italic(token: Token) -> bool:
    """Whether all of its words are in italics."""
    depth = 0
    for child in token.children or ():
        depth += (child.type == "em_open") - (child.type == "em_close")
        if not depth and any(map(str.isalpha, _piece(child))):
            return False
    return True


def _piece(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return token.content
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak" or (token.type == "html_inline" and _BREAK.match(token.content)):
        return "\n"
    return ""


def _lead(token: Token) -> str:
    """The emphasised words that open the paragraph."""
    lead: list[str] = []
    depth = 0
    for child in token.children or ():
        if child.type == "strong_open":
            depth += 1
        elif child.type == "strong_close":
            depth -= 1
        elif _piece(child).strip() and not depth:
            break
        else:
            lead.append(_piece(child))
    return "".join(lead)
