"""Build the binary documents of the demonstration corpus from their text sources.

`python demo/build.py` turns each demo/season-*/*/NAME.{pdf,docx,pptx}.md into the same path under
corpus/ (without the `.md`) and prints what it wrote. `--check` writes nothing and exits 1 when a
built file is missing or differs from its source.
Bytes are the same at each build with the same versions of reportlab, python-docx, python-pptx and zlib; the check
compares what the files say, so that another zlib changes nothing.
"""

import argparse
import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from make_docx import make_docx
from make_pdf import make_pdf
from make_pptx import make_pptx
from markup import MarkupError, Source, read_source
from pypdf import PdfReader

DEMO = Path(__file__).resolve().parent
CORPUS = DEMO.parent / "corpus"
MAKERS: dict[str, Callable[[Source], bytes]] = {
    ".pdf": make_pdf,
    ".docx": make_docx,
    ".pptx": make_pptx,
}


def sources(demo: Path) -> list[Path]:
    """Every source under `demo`, in a fixed order."""
    found = demo.glob("season-*/*/*.md")
    return sorted(path for path in found if Path(path.stem).suffix in MAKERS)


def built(demo: Path, corpus: Path) -> Iterator[tuple[Path, bytes | MarkupError]]:
    """Each target path with what should be in it, or with why it cannot be made."""
    for path in sources(demo):
        target = corpus / path.relative_to(demo).with_suffix("")
        try:
            yield target, MAKERS[target.suffix](read_source(path))
        except MarkupError as error:
            yield target, MarkupError(f"{path.relative_to(demo.parent)}: {error}")


def content(suffix: str, data: bytes) -> object:
    """What a built file says, however it was compressed: the text of its pages, or the members of its archive."""
    if suffix == ".pdf":
        return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_all(demo: Path, corpus: Path) -> int:
    """Write what changed; return the number of sources that could not be built."""
    failed = 0
    for target, data in built(demo, corpus):
        if isinstance(data, MarkupError):
            failed += 1
            print(f"error      {data}", file=sys.stderr)
        elif target.is_file() and target.read_bytes() == data:
            print(f"unchanged  {target.relative_to(corpus.parent)}")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            print(f"wrote      {target.relative_to(corpus.parent)} ({len(data):,} bytes)")
    return failed


def check_all(demo: Path, corpus: Path) -> int:
    """Print each built file that is missing or differs from its source; return their number."""
    wrong = 0
    for target, data in built(demo, corpus):
        name = target.relative_to(corpus.parent)
        if isinstance(data, MarkupError):
            problem = f"error      {data}"
        elif not target.is_file():
            problem = f"missing    {name}"
        elif content(target.suffix, target.read_bytes()) != content(target.suffix, data):
            problem = f"differs    {name}"
        else:
            continue
        wrong += 1
        print(problem, file=sys.stderr)
    return wrong


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    run = check_all if parser.parse_args().check else write_all
    return 1 if run(DEMO, CORPUS) else 0


if __name__ == "__main__":
    sys.exit(main())
