"""The memory of reading_room with more people in it: invited, announced, heard under other forms, reserved, hostile."""

from __future__ import annotations

from pathlib import Path

from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import open_library
from kb.settings import Settings
from tests.reading_room import INCLUSION, RESERVED, RESERVED_SESSION, SESSION, build_corpus

HEAT = "season-2/2020-02-11-reseaux-de-chaleur"
NEXT = "season-3/2021-09-21-annoncee"
HOSTILE_NAME = "<b onclick=alert(1)>Nom piégé</b>"

_SEASON = 'number = 2\ntitle = "Saison 2"\ntheme = "À qui profite la transition ?"\nyears = [2020]\ndemo = true\n'
_HEAT = """
title = "Réseaux de chaleur : le prix et la confiance"
date = 2020-02-11
format = "séance plénière"
demo = true
themes = ["confiance"]
registration = "https://exemple.fr/inscription?seance=1&jour=11"
questions = [
  "À quel prix un immeuble rejoint-il le réseau de chaleur ?",
  "Quelle équipe gagnera la prochaine coupe du monde de curling ?",
  "?",
]

[[programme]]
time = "14:00"
title = "Ouverture <script>alert(1)</script>"

[[speakers]]
name = "Martine Duval"
role = "directrice"
organisation = "SEM d’énergie"
sphere = "epl"
aliases = ["La directrice de la SEM"]

[[speakers]]
name = "Maire"
role = "maire"
sphere = "elus"

[[speakers]]
name = "Maire d’une commune rurale"
role = "maire"
organisation = "commune de 620 habitants"

[[speakers]]
name = "Jean Absent"
role = "chercheur"
sphere = "recherche"
announced = true

[[documents]]
file = "transcription.vtt"
type = "transcription"

[[documents]]
file = "annonce.md"
type = "annonce"
title = "Annonce"
"""
_WORDS = """WEBVTT

00:00:01.000 --> 00:00:09.000
<v Maire>Le réseau de chaleur suppose que la commune décide du tracé et du prix.

00:00:10.000 --> 00:00:19.000
<v La directrice de la SEM>Un immeuble rejoint le réseau de chaleur à soixante-seize euros le mégawattheure.

00:00:20.000 --> 00:00:29.000
<v Maire d’une commune rurale>Chez nous le réseau de chaleur ne viendra pas, les maisons sont trop loin.
"""
_ANNOUNCED = f"""
title = "Séance à venir <i>bientôt</i>"
date = 2021-09-21
registration = "javascript:alert(1)"
questions = ["Que fera-t-on demain ?"]

[[speakers]]
name = "{HOSTILE_NAME}"

[[speakers]]
name = "Martine DUVAL"
role = "présidente"
organisation = "Agence de l’énergie"
sphere = "etat"
"""
_INVITED = """
[[speakers]]
name = "Maire d’une commune rurale"
role = "maire"
organisation = "commune de 840 habitants"
sphere = "elus"
"""
_HIDDEN = """
[[speakers]]
name = "Personne Réservée"
sphere = "etat"
"""


def furnish(home: Path, encoder: Encoder) -> Settings:
    """Build the corpus under a folder and ingest it; gives the settings of the memory."""
    config = Settings(corpus=home / "corpus", index=home / "index")
    build_corpus(config.corpus)
    written = {
        "season-2/season.toml": _SEASON,
        f"{HEAT}/session.toml": _HEAT,
        f"{HEAT}/transcription.vtt": _WORDS,
        f"{HEAT}/annonce.md": "À quel prix un immeuble rejoint-il le réseau de chaleur ? Venez le dire.\n",
        f"{NEXT}/session.toml": _ANNOUNCED,
        f"{INCLUSION}/session.toml": SESSION + _INVITED,
        f"{RESERVED}/session.toml": RESERVED_SESSION + _HIDDEN,
        "notes/carnet.md": "Une note que personne n’a encore classée, sur les forêts communales.\n",
        "themes.toml": '[[themes]]\nkey = "confiance"\nlabel = "Confiance"\nwords = ["confiance"]\n',
    }
    for name, text in written.items():
        path = config.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report = ingest(open_library(config, encoder))
    assert not report.refused, report.refused
    return config
