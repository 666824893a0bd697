"""OpenDocument files of a few words, made part by part."""

from __future__ import annotations

import zipfile
from pathlib import Path

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for prefix, uri in (
        ("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
        ("presentation", "presentation"), ("fo", "xsl-fo-compatible"), ("manifest", "manifest"),
    )
)  # fmt: skip
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def opendocument(
    path: Path, body: str, *, styles: str = "", named: str = "", title: str = "", manifest: str = "", head: str = _HEAD
) -> Path:
    """A file whose kind is that of its extension. styles: the automatic ones; named: those that a person named."""
    kind, place = {".odp": ("presentation", "presentation")}.get(path.suffix, ("text", "text"))
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": f"{_HEAD}<manifest:manifest {_SPACES}>{manifest}</manifest:manifest>",
        "content.xml": f"{head}<office:document-content {_SPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:{place}>{body}</office:{place}></office:body>"
        "</office:document-content>",
        "styles.xml": f"{_HEAD}<office:document-styles {_SPACES}><office:styles>{named}</office:styles>"
        "<office:master-styles><style:master-page><style:footer><text:p>PIED DE PAGE</text:p></style:footer>"
        "</style:master-page></office:master-styles></office:document-styles>",
        "meta.xml": f'{_HEAD}<office:document-meta {_SPACES} xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<office:meta><dc:title>{title}</dc:title></office:meta></office:document-meta>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def style(name: str, looks: str = "", *, family: str = "paragraph", parent: str = "") -> str:
    """A style; looks: what it does to letters (« fo:font-weight="bold" »)."""
    return (
        f'<style:style style:name="{name}" style:family="{family}" style:parent-style-name="{parent}">'
        f"<style:text-properties {looks}/></style:style>"
    )
