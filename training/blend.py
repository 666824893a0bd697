"""`python -m training.blend FIRST=0.8 SECOND=0.25 --out adapter/`: several adapters made one, each with its share.

A mixture of corrections knows what each knows, and forgets less than each (Wortsman et al., « Model soups », 2022).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kb.encoder import bundled
from kb.encoder.adapter import CARD_FILE, read_adapter
from kb.errors import KbError
from training.card import put_adapter, scaled, side_by_side


def main(
    parts: Annotated[list[str], typer.Argument(help="FOLDER=SHARE, as often as wanted.")],
    out: Annotated[Path, typer.Option(help="Folder of the adapter.")] = Path("adapter"),
) -> None:
    """Write the mixture, and in its card those of its parts."""
    try:
        blend(out, {Path(folder): float(share) for folder, _, share in (part.rpartition("=") for part in parts)})
    except (KbError, ValueError) as error:
        raise SystemExit(f"Erreur : {error}") from error


def blend(out: Path, shares: Mapping[Path, float], base: str = bundled.IDENTITY) -> None:
    """Add these adapters' corrections, each times its share. Raises UnusableModel when one is for another model."""
    adapters = {folder: read_adapter(folder, base) for folder in shares}
    factors = side_by_side([scaled(found.factors, shares[at] * found.scale) for at, found in adapters.items()])
    cards = {folder: json.loads((folder / CARD_FILE).read_text(encoding="utf-8")) for folder in shares}
    put_adapter(out, factors, {"base": base, "parts": [{"share": shares[at], **card} for at, card in cards.items()]})


if __name__ == "__main__":
    typer.run(main)
