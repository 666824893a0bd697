"""Readers' door: `streamlit run app.py` serves the app, with the originals and careful headers beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from streamlit.starlette import App

from kb.ui import frame, memory, web


@asynccontextmanager
async def _opened(_app: Any) -> AsyncIterator[None]:
    memory.warm_in_background()
    yield


app = App(
    Path(__file__).resolve().parent / "kb" / "ui" / "main.py",
    lifespan=_opened,
    routes=web.ROUTES,
    middleware=[Middleware(web.Reception)],
    on_script_error=frame.tell_unexpected,
)
