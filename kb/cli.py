"""The terminal's face: `kb`. An error of the house becomes one line in French.

Exit status: 0 done, 1 some files refused or something unsound, 2 usage.
"""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, cast

import typer

from kb import browse, doctor, evaluate, french, golden, ingest, printing, quotes, recommend, search
from kb.catalogue.golden import read_golden
from kb.domain import STAFF, Addressee, DocumentType, Filters, Mode
from kb.errors import InvalidQuery, KbError, UnknownItem
from kb.ingest.report import Note, Report
from kb.ingest.watch import changes
from kb.library import Library, open_library
from kb.printing.console import safe
from kb.settings import Settings, settings
from kb.store import Scope

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="La mémoire des débats, dans le terminal.",
)
Json = Annotated[bool, typer.Option("--json", help="Écrire du JSON.")]
_UsageError = cast(type[Exception], typer.BadParameter.__bases__[0])  # typer does not give it a public name
_INTERRUPTED = 130
"""What typer makes of Ctrl-C."""
EMPTY = "La mémoire est vide : lancez « kb ingest »."
VIEWER = STAFF
"""Who has a terminal on the machine has the files: there is nothing to hide from them."""


@app.command("ingest")
def ingest_command(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Fichiers ou dossiers ; par défaut, tout le corpus.")
    ] = None,
    session: Annotated[str | None, typer.Option(help="Séance où ranger les fichiers venus d’ailleurs.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Lire sans rien écrire.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Rester à l’écoute des changements.")] = False,
    as_json: Json = False,
) -> None:
    """Met l’index à jour avec le corpus."""
    if watch:
        _watch(paths or [], session, as_json)
        return
    with _index(dry_run) as chosen, printing.progress(quiet=as_json) as listen:
        library = open_library(chosen)
        report = ingest.take(library, paths or [], session=session, dry_run=dry_run, listen=listen)
    _report(report, as_json, dry_run=dry_run)


@contextmanager
def _index(dry_run: bool) -> Iterator[Settings]:
    """The settings; for a dry run without an index yet, an index elsewhere, which is forgotten."""
    if not dry_run or any(settings().index.glob("[!.]*")):
        yield settings()
        return
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield settings().model_copy(update={"index": Path(folder)})


def _watch(paths: list[Path], session: str | None, as_json: bool) -> None:
    """Ingest now, then whenever the folders change and come to rest, until interrupted."""
    library = open_library(settings())
    folders = paths or [library.corpus]
    named = ", ".join(str(folder) for folder in folders)
    _tell(f"À l’écoute de {named}. Ctrl-C pour arrêter.", as_json)
    told: list[Note] = []
    lost = f"{named} : dossier inaccessible pour l’instant ; l’écoute continue."
    for _ in changes(folders, quiet_s=settings().watch_seconds, lost=lambda: _tell(lost, as_json)):
        try:
            with printing.progress(quiet=as_json) as listen:
                report = ingest.take(library, paths, session=session, listen=listen)
        except KbError as error:
            _tell(f"Erreur : {error}", quiet=False)
            continue
        if any((report.accepted, report.replaced, report.removed, report.filed)) or report.refused != told:
            printing.report(report, as_json=as_json)
            sys.stdout.flush()
        told = report.refused


@app.command()
def rebuild(as_json: Json = False) -> None:
    """Relit tout le corpus et refait l’index."""
    library = open_library(settings(), any_model=True)
    with printing.progress(quiet=as_json) as listen:
        report = ingest.ingest(library, force=True, listen=listen)
    library.store.remake()
    _report(report, as_json)


def _report(report: Report, as_json: bool, *, dry_run: bool = False) -> None:
    printing.report(report, as_json=as_json, dry_run=dry_run)
    if report.refused:
        raise typer.Exit(1)


@app.command("search", context_settings={"ignore_unknown_options": True})
def search_command(
    question: Annotated[str, typer.Argument(help='Des mots, une "expression exacte", -mot à exclure.')],
    season: Annotated[list[int] | None, typer.Option(help="Numéro de saison.")] = None,
    session: Annotated[list[str] | None, typer.Option(help="Séance (son dossier).")] = None,
    speaker: Annotated[list[str] | None, typer.Option(help="Intervenant, en entier ou en partie.")] = None,
    kind: Annotated[list[DocumentType] | None, typer.Option("--type", help="Type de document.")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="Thème (sa clé).")] = None,
    document: Annotated[
        list[str] | None, typer.Option(help="Document : son identifiant, ou son chemin dans le corpus.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="À partir du (AAAA-MM-JJ).")] = None,
    until: Annotated[str | None, typer.Option(help="Jusqu’au (AAAA-MM-JJ).")] = None,
    mode: Annotated[Mode, typer.Option(help="Par mots, par sens, ou les deux.")] = Mode.HYBRID,
    glossary: Annotated[
        bool, typer.Option("--glossary/--no-glossary", help="Chercher aussi les termes du glossaire.")
    ] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Nombre de passages.")] = 10,
    around: Annotated[int, typer.Option(min=0, max=10, help="Passages voisins à montrer de chaque côté.")] = 0,
    as_json: Json = False,
) -> None:
    """Cherche dans la mémoire et montre les passages, avec leur source."""
    library = open_library(settings())
    filters = Filters(
        seasons=tuple(season or ()),
        sessions=tuple(session or ()),
        speakers=tuple(speaker or ()),
        types=tuple(kind or ()),
        themes=tuple(theme or ()),
        since=_day(since, "--since"),
        until=_day(until, "--until"),
        documents=_documents(library, document or ()),
    )
    _check_filters(library, filters)
    results = search.search(library, question, viewer=VIEWER, filters=filters, mode=mode, k=k, wide=glossary)
    near = [browse.around(library, h.passage.id, viewer=VIEWER, width=around) for h in results.hits] if around else None
    nothing = "Aucun passage ne répond. Essayez d’autres mots, ou retirez un filtre."
    if not library.store.counts().documents:
        nothing = EMPTY
    printing.remarks(question, filters, results, as_json=as_json)
    printing.hits(results, near, nothing=nothing, as_json=as_json)


@app.command("recommendations")
def recommendations_command(
    to: Annotated[list[str] | None, typer.Option(help="Destinataire : commune, département, État…")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="Thème (sa clé).")] = None,
    season: Annotated[list[int] | None, typer.Option(help="Numéro de saison.")] = None,
    as_json: Json = False,
) -> None:
    """Liste les phrases qui recommandent, à qui, et où elles sont."""
    library = open_library(settings())
    filters = Filters(seasons=tuple(season or ()), themes=tuple(theme or ()))
    _check_filters(library, filters)
    told = recommend.found(library, viewer=VIEWER, filters=filters, addressees=[_addressee(name) for name in to or ()])
    nothing = "Aucune phrase ne recommande cela. Retirez un filtre."
    if not library.store.counts().documents:
        nothing = EMPTY
    printing.recommendations(told, library, nothing=nothing, as_json=as_json)


def _addressee(name: str) -> Addressee:
    """By its name, capitals and accents aside."""
    for addressee in Addressee:
        if french.fold(name) == french.fold(addressee):
            return addressee
    raise InvalidQuery(f"--to : « {name} » n’est pas un destinataire. Destinataires : {', '.join(Addressee)}.")


@app.command()
def show(
    passage: Annotated[str, typer.Argument(help="Identifiant donné par « kb search ».")],
    around: Annotated[int, typer.Option(min=0, max=50, help="Passages voisins de chaque côté.")] = 1,
    as_json: Json = False,
) -> None:
    """Montre un passage, ce qui l’entoure et sa source."""
    library = open_library(settings())
    printing.reading(browse.around(library, passage, viewer=VIEWER, width=around), library, as_json=as_json)


@app.command("quote")
def quote_command(
    text: Annotated[str, typer.Argument(help="Une phrase, un texte avec ses citations, un fichier de texte, ou -.")],
    as_json: Json = False,
) -> None:
    """Vérifie des citations : mot pour mot, modifiée, proche par le sens, ou introuvable."""
    pasted = _pasted(text)
    printing.quotes(quotes.check(open_library(settings()), pasted, viewer=VIEWER), as_json=as_json)


@app.command()
def status(as_json: Json = False) -> None:
    """Dit ce que contient la mémoire."""
    library = open_library(settings(), any_model=True)
    printing.status(library, browse.overview(library, viewer=VIEWER), as_json=as_json)


@app.command()
def verify(as_json: Json = False) -> None:
    """Vérifie que chaque passage est bien le texte de sa source et que les index concordent."""
    library = open_library(settings(), any_model=True)
    changed = [
        f"{path} : le fichier a changé depuis son ingestion ; lancez « kb ingest »." for path in ingest.stale(library)
    ]
    found = library.store.problems() + changed
    printing.verification(library.store.counts(), found, ingest.untaken(library), as_json=as_json)
    if found:
        raise typer.Exit(1)


@app.command("doctor")
def doctor_command(as_json: Json = False) -> None:
    """Dit ce qui manque à cette machine, ce que l’on y perd, et comment l’obtenir."""
    found = doctor.examine(settings())
    printing.health(found, as_json=as_json)
    if not doctor.is_well(found):
        raise typer.Exit(1)


@app.command("eval")
def eval_command(
    folder: Annotated[Path | None, typer.Argument(help="Dossier au format BEIR.")] = None,
    mode: Annotated[Mode, typer.Option(help="Par mots, par sens, ou les deux.")] = Mode.HYBRID,
    limit_queries: Annotated[int | None, typer.Option(min=1, help="Nombre de questions au plus.")] = None,
    of_corpus: Annotated[bool, typer.Option("--golden", help="Poser les questions de référence du corpus.")] = False,
    as_json: Json = False,
) -> None:
    """Mesure la recherche sur un jeu de questions, ou sur les questions de référence du corpus."""
    if of_corpus:
        if folder or limit_queries or mode is not Mode.HYBRID:
            raise InvalidQuery("--golden : les questions du corpus se posent toutes, en mode hybrid. Retirez le reste.")
        _eval_golden(as_json)
        return
    if folder is None:
        raise InvalidQuery("kb eval : donnez un dossier au format BEIR, ou --golden.")
    scores = evaluate.evaluate(
        folder, settings(), mode=mode, limit=limit_queries, tell=lambda text: _tell(text, as_json)
    )
    printing.scores(scores, as_json=as_json)


def _eval_golden(as_json: bool) -> None:
    """Ask the golden questions; status 1 when one that should be answered is not."""
    library = open_library(settings())
    outcomes = golden.ask(library, read_golden(library.corpus))
    printing.golden(outcomes, as_json=as_json)
    if not golden.is_sound(outcomes):
        raise typer.Exit(1)


@app.command("app")
def app_command(port: Annotated[int, typer.Option(help="Port, sur 127.0.0.1.")] = 8501) -> None:
    """Ouvre l’application dans le navigateur."""
    script = Path(__file__).resolve().parent.parent / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    raise typer.Exit(subprocess.call(command))


def _pasted(named: str) -> str:
    """The text itself, that of the file of this name, or, for « - », what comes in on standard input."""
    try:
        path = Path(named)
        is_file = named == "-" or path.is_file()
    except (OSError, ValueError):  # too long, or not a name
        is_file = False
    if not is_file:
        return named
    try:
        raw = sys.stdin.buffer.read(4 * quotes.LONGEST + 1) if named == "-" else path.read_bytes()
        return raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidQuery(f"{named} : ce fichier n’est pas un texte en UTF-8. Collez-en les mots.") from error


def _check_filters(library: Library, filters: Filters) -> None:
    """Name a filter's value that nothing has, with those there are, rather than find nothing in silence."""
    sessions, themes = library.catalogue.sessions, [theme.key for theme in library.catalogue.themes]
    for session in filters.sessions:
        if not any(known == session or known.endswith(f"/{session}") for known in sessions):
            raise InvalidQuery(f"--session : « {session} » n’existe pas. Séances connues : {', '.join(sessions)}.")
    for theme in filters.themes if themes else ():
        if theme not in themes:
            raise InvalidQuery(f"--theme : « {theme} » n’existe pas. Thèmes connus : {', '.join(themes)}.")
    if filters.since and filters.until and filters.since > filters.until:
        raise InvalidQuery("--since est après --until : échangez les deux dates.")


def _documents(library: Library, named: Sequence[str]) -> tuple[str, ...]:
    """The ids of documents named by id or by path; of a file that is another's twin, that of the one shown too."""
    if not named:
        return ()
    known = library.store.documents(Scope(VIEWER))
    by_path = {unicodedata.normalize("NFC", document.path): document for document in known}
    by_name = by_path | {document.id: document for document in known}
    found: list[str] = []
    for name in named:
        asked = unicodedata.normalize("NFC", name).removeprefix("./")
        if asked not in by_name:
            near = get_close_matches(asked, by_path, n=1)
            way_out = f"Est-ce « {near[0]} » ?" if near else "« kb search --json » donne id et path de chacun."
            raise InvalidQuery(f"--document : « {name} » n’est pas dans la mémoire. {way_out}")
        document = by_name[asked]
        found += [document.id, *(d.id for d in known if d.path == document.twin_of)]
    return tuple(dict.fromkeys(found))


def _day(raw: str | None, option: str) -> date | None:
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise InvalidQuery(f"{option} : « {raw} » n’est pas une date ; écrivez par exemple 2021-04-13.") from error


def _tell(text: str, quiet: bool) -> None:
    if not quiet:
        typer.echo(safe(text), err=True)


def _usage(error: Exception) -> str:
    """What is wrong with a command line, in French: the library only says it in English."""
    parameter = getattr(error, "param", None)
    name = getattr(error, "option_name", None) or getattr(parameter, "opts", [None])[0]
    command = getattr(getattr(error, "ctx", None), "command_path", "kb")
    what = {
        "NoSuchOption": f"l’option « {name} » n’existe pas",
        "MissingParameter": f"il manque « {name} »",
        "BadParameter": f"la valeur de « {name} » ne convient pas",
    }.get(type(error).__name__, "la commande ou l’un de ses arguments n’existe pas")
    return f"{what}. « {command} --help » montre ce qui est possible."


def main() -> None:
    """Run the command; an error of the house, or a misspelt command, is one line on standard error."""
    try:
        status = app(standalone_mode=False) or 0
        if status == _INTERRUPTED:
            typer.echo("Interrompu. Rien n’est perdu : relancez la même commande pour continuer.", err=True)
        sys.exit(status)
    except _UsageError as error:
        typer.echo(f"Erreur : {_usage(error)}", err=True)
        sys.exit(2)
    except (InvalidQuery, UnknownItem) as error:
        typer.echo(f"Erreur : {safe(str(error))}", err=True)
        sys.exit(2)
    except KbError as error:
        typer.echo(f"Erreur : {safe(str(error))}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
