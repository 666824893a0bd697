"""From the settings to the encoder: the bundled model with its adapter, or the one KB_MODEL names."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from kb.encoder import Encoder, Vectors, adapter, bundled
from kb.encoder.onnx_encoder import OnnxEncoder, runs_by_onnx
from kb.errors import KbError, UnusableModel
from kb.settings import Settings
from kb.settings import settings as read_settings

_log = logging.getLogger(__name__)

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_SAMPLES = 64
_SAMPLE_BYTES = 4096
_TOLD_APART_BY = {".json", ".txt", ".model", ".safetensors", ".bin", ".onnx", ".onnx_data"}


def load_encoder(settings: Settings) -> Encoder:
    """The encoder these settings ask for. Weights are read at the first text, not here.

    The bundled model is unpacked at need, with its adapter, which the log tells. Raises UnusableModel.
    """
    if not settings.model:
        return _bundled(settings)
    if settings.adapter.lower() not in ("", adapter.NONE):
        raise UnusableModel(
            "KB_ADAPTER : un adaptateur ne vaut que pour le modèle fourni, or KB_MODEL en désigne un autre. "
            "Retirez l’un de ces deux réglages."
        )
    folder = Path(settings.model).expanduser()
    if folder.is_dir():
        return _of_folder(folder, f"{folder.resolve().name}@{_fingerprint(folder)}", settings)
    if not _HUB_NAME.fullmatch(settings.model):
        raise UnusableModel(f"KB_MODEL : le dossier « {settings.model} » n’existe pas. Corrigez ce réglage.")
    if settings.offline:
        return _of_folder(_downloaded(settings.model), settings.model, settings)
    return _LazyEncoder(settings.model, settings.model, settings)


def _bundled(settings: Settings) -> Encoder:
    chosen = adapter.chosen(settings.adapter, bundled.IDENTITY)
    folder = settings.models / bundled.folder_name(chosen)
    bundled.unpack(folder, _log.info, adapter=chosen)
    return OnnxEncoder(folder, bundled.identity(chosen), threads=settings.threads)


def _of_folder(folder: Path, name: str, settings: Settings) -> Encoder:
    if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
        raise UnusableModel(
            f"KB_MODEL : le dossier « {folder} » ne contient pas de modèle sentence-transformers "
            "(ni modules.json ni config.json). Corrigez ce réglage."
        )
    if runs_by_onnx(folder):
        return OnnxEncoder(folder, name, threads=settings.threads)
    return _LazyEncoder(str(folder), name, settings)


def _downloaded(model: str) -> Path:
    """Where the hub's client keeps a model it fetched before."""
    # Slow to import, and of no use to the bundled model.
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise UnusableModel(
            f"KB_MODEL : « {model} » n’est ni un dossier, ni un modèle déjà téléchargé. "
            "Corrigez ce réglage, ou autorisez le téléchargement avec KB_OFFLINE=false."
        ) from error


def _fingerprint(folder: Path) -> str:
    """12 hexadecimal digits that change with the model, without reading hundreds of megabytes of weights.

    Retrained weights keep their size, so slices taken all along each file are hashed with it.
    """
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _TOLD_APART_BY and p.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        step = max(size // _SAMPLES, _SAMPLE_BYTES)
        with path.open("rb") as file:
            for at in range(0, size, step):
                file.seek(at)
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]


class _LazyEncoder:
    """A sentence-transformers encoder that loads when something is asked of it."""

    def __init__(self, model: str, name: str, settings: Settings) -> None:
        self.name = name
        self._source = model
        self._settings = settings

    @cached_property
    def _encoder(self) -> Encoder:
        offline = self._settings.offline
        if offline:
            os.environ["HF_HUB_OFFLINE"] = "1"  # read when the libraries are imported, just below
        from kb.encoder.sentence_encoder import SentenceEncoder

        _log.info("Chargement du modèle %s…", self._source)
        return SentenceEncoder(self._source, self.name, threads=self._settings.threads, offline=offline)

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._encoder.dimensions

    @property
    def max_tokens(self) -> int:
        """Longest text the model reads, prompt and special tokens included."""
        return self._encoder.max_tokens

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, in order: (len(texts), dimensions)."""
        return self._encoder.encode_passages(texts)

    def encode_query(self, text: str) -> Vectors:
        """Unit vector of a query: (dimensions,)."""
        return self._encoder.encode_query(text)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many model tokens each text takes, without prompt and special tokens."""
        return self._encoder.token_counts(texts)


if __name__ == "__main__":  # `make model`: unpack now, and say so, what the first search would unpack
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        load_encoder(read_settings())
    except KbError as error:
        sys.exit(f"Erreur : {error}")
