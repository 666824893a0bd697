"""Everything that can go wrong and be told to a person.

KbError
├── UnreadableDocument   a file that cannot be taken in; the others of the batch can
├── InvalidCatalogue     a TOML file of the corpus that does not say what it should
├── UnknownItem          a passage, document or session that does not exist for this viewer
├── UnusableModel        the encoder's weights are absent, truncated or not what they should be
├── ModelMismatch        the index was built by another model
├── UnusableIndex        the index cannot be opened or written
└── InvalidQuery         a search, a filter or an option that means nothing

Messages are in French: which file or field, what is wrong, what to do next.
"""


class KbError(Exception):
    """Root of the errors that are shown to users, in French, without a traceback."""


class UnreadableDocument(KbError):
    """A file that cannot be taken in. `cause` does not repeat the file's name.

    lasting: reading the same bytes again will say the same.
    """

    def __init__(self, name: str, cause: str, *, lasting: bool = True) -> None:
        super().__init__(f"{name} : {cause}")
        self.name = name
        self.cause = cause
        self.lasting = lasting


class InvalidCatalogue(KbError):
    """A TOML file of the corpus that does not say what it should."""


class UnknownItem(KbError):
    """Something that does not exist, or not for this viewer."""


class UnusableModel(KbError):
    """Weights that are absent, truncated or altered."""


class ModelMismatch(KbError):
    """An index built by another model than the one in use."""


class UnusableIndex(KbError):
    """An index that cannot be opened or written."""


class InvalidQuery(KbError):
    """A query, filter or option that means nothing."""
