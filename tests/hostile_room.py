"""A memory full of what should never be interpreted: every text that a page shows says something to a browser.

Real files, written here and ingested by the real pipeline: HTML, scripts, links that run, Markdown, what Streamlit
makes of colons and dollars, emoji, marks of direction, marks piled up, words without end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import open_library
from kb.settings import Settings

RAN = "__pris"
"""What every script below would set on the window."""
MARKUP = (
    f'<script>window.{RAN}=1</script><img src=x onerror="window.{RAN}=1"><style>body{{display:none}}</style>'
    f"</blockquote></figure><svg onload='window.{RAN}=1'></svg> &lt;b&gt; &amp;nbsp; &#x27;"
)
RUNS = f"javascript:window.{RAN}=1"
MARKDOWN = (
    f"# **gras** _penché_ ~~barré~~ `code` [lien]({RUNS}) ![image](http://ailleurs.invalid/x.png) <http://a.invalid>"
)
STREAMLIT = r":red[rouge] :material/home: :blue-badge[fait] :smile: :streamlit: $\LaTeX$ $$x^2$$ \(y\) -> <- --"
EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈🏴󠁧󠁢󠁥󠁮󠁧󠁿🇫🇷👍🏿"
DIRECTION = "\u202eretourné \u2066isolé \u200fdroite שלום \u061c"
PILED = "Z" + "\u0301\u0323" * 100 + "algo"
UNSEEN = "zé\u200bro\u200dlar\ufeffgeur\u00ad \u2060"
CONTROL = "nul\u0000 sonnerie\u0007 échappe\u001b[31m retour\u0008"
FORMULA = "=1+1 @SUM(1) +33 -1"
ENDLESS = "interminable" * 834
"""A word of ten thousand letters."""
LONG = "ininterrompu" * 20
"""One that a title may hold."""

HOSTILE = f"{MARKUP} {MARKDOWN} {STREAMLIT}"
"""What is expected to be read as it is written."""
SESSION = "season-3/2021-04-13 <b>gras<／b> **x** $y$ :red[z] &amp; #1 ?q=%2F '\""
SESSION_BIDI = "season-3/2021-05-04-sens"
SPEAKER = f"Maire </bdi></script><img src=x onerror='window.{RAN}=1'> &lt;i&gt; \""
SPEAKERS = (
    SPEAKER,
    r"Élue **gras** :red[rouge] :material/home: $\LaTeX$ `code` [lien](javascript:1) ![i](http://a.invalid/x)",
    "Élu Z" + "\u0301\u0323" * 50 + "algo",
    f"Préfet {LONG[:100]}",
    f"Sage {EMOJI} {FORMULA}",
)
"""As long as a transcript may call somebody; one that is only announced may be called anything."""
ANNOUNCED = f"Annoncée {HOSTILE} {DIRECTION} {PILED}"
QUESTION = f"Qui rouvre le guichet {MARKUP} {STREAMLIT}"
SOUGHT = "qui rouvre le guichet de la mairie"
THEME = "piege"
STRAY = f"a-classer/\u202e{EMOJI} <script>.txt"
FILE = "note <img src=x onerror=alert(1)> **gras** $x$ :red[y] &amp;.md"


def build_corpus(home: Path) -> None:
    """Two sessions with everything said in hostile words, and documents of no session."""
    season = {"number": 3, "title": f"Saison 3 {HOSTILE}", "theme": f"Pourquoi {HOSTILE} {PILED} ?", "years": [2021]}
    first, second = home / SESSION, home / SESSION_BIDI
    first.mkdir(parents=True)
    second.mkdir()
    (home / "season-3/season.toml").write_text(_toml(season), encoding="utf-8")
    themes = {"themes": [{"key": THEME, "label": f"Guichet {HOSTILE} {LONG}", "words": ["guichet", "mairie"]}]}
    (home / "themes.toml").write_text(_toml(themes), encoding="utf-8")
    term = {"term": f"guichet {HOSTILE}", "expansion": f"accueil {PILED}", "definition": HOSTILE, "aliases": [LONG]}
    (home / "glossary.toml").write_text(_toml({"terms": [term]}), encoding="utf-8")
    (first / "session.toml").write_text(_toml(_first_session()), encoding="utf-8")
    (second / "session.toml").write_text(_toml(_second_session()), encoding="utf-8")
    (first / "transcription.json").write_text(json.dumps(_transcript()), encoding="utf-8")
    (first / FILE).write_text(_note(), encoding="utf-8")
    (second / "propos.txt").write_text(_long_lines(), encoding="utf-8")
    (home / "a-classer").mkdir()
    (home / STRAY).write_text(f"Le guichet à classer. {HOSTILE}\n", encoding="utf-8")


def _first_session() -> Mapping[str, object]:
    return {
        "title": f"Séance {HOSTILE}",
        "date": "2021-04-13",
        "format": f"visio {HOSTILE}",
        "themes": [THEME],
        "questions": [QUESTION, f"Que dit {MARKDOWN} {PILED} {LONG} du guichet ?"],
        "registration": RUNS,
        "demo": True,
        "programme": [{"time": f"<b>{LONG}", "title": HOSTILE}, {"time": "9 h", "title": f"{DIRECTION} {PILED}"}],
        "speakers": [
            {"name": name, "role": f"rôle {HOSTILE}", "organisation": f"{DIRECTION} {LONG}", "sphere": "elus"}
            for name in (*SPEAKERS, ANNOUNCED)
        ],
        "documents": [
            {"file": "transcription.json", "type": "transcription", "title": f"Débat {HOSTILE} {CONTROL}"},
            {"file": FILE, "type": "note", "title": f"Note {LONG} {PILED} {DIRECTION}"},
        ],
    }


def _second_session() -> Mapping[str, object]:
    return {
        "title": f"Sens {DIRECTION} {PILED} {LONG}",
        "date": "2021-05-04",
        "questions": [f"Où est le guichet {DIRECTION} {EMOJI} ?"],
        "registration": f"https://ailleurs.invalid/<script>?{LONG}\"onclick='window.{RAN}=1'",
    }


def _transcript() -> Mapping[str, object]:
    """Each speaker says everything, in words that a question finds."""
    said = [HOSTILE, DIRECTION, f"{PILED} " * 12, f"{LONG} fin", f"{EMOJI} {UNSEEN} {CONTROL} {FORMULA} \ud800"]
    turns = zip(SPEAKERS * len(said), [each for each in said for _ in SPEAKERS], strict=True)
    return {
        "segments": [
            {
                "speaker": name,
                "start": 10 * turn,
                "end": 10 * turn + 9,
                "text": f"Le tour {turn} du guichet de la mairie rouvre ainsi : {words}",
            }
            for turn, (name, words) in enumerate(turns)
        ]
    }


def _note() -> str:
    """Markdown that says how HTML is written, as the text of a note."""
    fenced = f"```html\n{MARKUP}\n{MARKDOWN}\n```"
    return (
        f"# Le guichet \\# {STREAMLIT}\n\nLa mairie rouvre le guichet.\n\n{fenced}\n\n"
        f"| guichet | mairie |\n|---|---|\n| `{MARKUP}` | {FORMULA} |\n\n<script>window.{RAN}=1</script>\n"
    )


def _long_lines() -> str:
    """A passage of two thousand short lines, after the words that find it."""
    lines = "\n".join("oui" for _ in range(2000))
    return f"Le guichet de la mairie rouvre en lignes courtes {DIRECTION}\n{lines}\n\n{PILED} {ENDLESS}\n"


def _toml(fields: Mapping[str, object]) -> str:
    """A TOML file: its fields, then its lists of tables."""
    plain = [f"{key} = {_value(value)}\n" for key, value in fields.items() if not _is_tables(value)]
    tables = [
        f"\n[[{key}]]\n" + "".join(f"{name} = {_value(each)}\n" for name, each in table.items())
        for key, value in fields.items()
        if isinstance(value, list) and _is_tables(value)
        for table in value
    ]
    return "".join(plain + tables)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _value(value: object) -> str:
    """A text is written as JSON writes it, but for dates, which have no quotation marks."""
    if isinstance(value, str) and value.startswith("2021-"):
        return value
    return json.dumps(value, ensure_ascii=False)


def fill(home: Path, encoder: Encoder) -> Settings:
    """Build the corpus under a folder and ingest it; gives the settings of the memory."""
    config = Settings(corpus=home / "corpus", index=home / "index")
    build_corpus(config.corpus)
    report = ingest(open_library(config, encoder))
    assert not report.refused, report.refused
    return config
