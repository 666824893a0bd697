"""What commands print: JSON for programs, French for people (rich; plain when not a terminal). One file a subject."""

from kb.printing.golden import golden
from kb.printing.health import health
from kb.printing.memory import scores, status, verification
from kb.printing.progress import progress
from kb.printing.quotes import quotes
from kb.printing.recommendations import recommendations
from kb.printing.report import report
from kb.printing.results import hits, reading, remarks

__all__ = [
    "golden",
    "health",
    "hits",
    "progress",
    "quotes",
    "reading",
    "recommendations",
    "remarks",
    "report",
    "scores",
    "status",
    "verification",
]
