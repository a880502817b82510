"""Read content that people write as YAML, with errors that name file, line and remedy.

For `guides` and `wordings`. YAML 1.2 by ruamel: under 1.1 the keys `yes`, `no` and `on` become
booleans, and most readers drop the first of two equal keys in silence; both are refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LANGUAGES = ("en", "zh_CN")
"""The languages of the product; every text is present in each of them."""

_STR, _INT, _BOOL = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "bool"))


class ContentError(ValueError):
    """A content file is not usable; `file`, `line` (from 1), `problem` and `remedy` say why.

    The file is refused as a whole, so that no half guide is ever shown.
    """

    def __init__(self, file: str, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}; {remedy}")
        self.file = file
        self.line = line
        self.problem = problem
        self.remedy = remedy


class Section:
    """A YAML mapping whose every access checks what it finds."""

    def __init__(self, file: str, node: MappingNode, path: str = "") -> None:
        self._file = file
        self._node = node
        self._path = path
        self._values: dict[str, Node] = {}
        for key, value in node.value:
            name = self._key(key)
            if name in self._values:
                raise self._refuse(key, f"{self._at(name)} stands here twice", "remove one of them")
            self._values[name] = value

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys in the author's order."""
        return tuple(self._values)

    def only(self, *known: str) -> Section:
        """Return the section itself after checking that it has no other keys than `known`."""
        for name in self._values:
            if name not in known:
                raise self.error(name, "is not known here", f"use one of: {', '.join(known)}")
        return self

    def text(self, key: str) -> str:
        """Return a text, which must be there and not be blank."""
        node = self._need(key)
        if not isinstance(node, ScalarNode) or node.tag != _STR or not str(node.value).strip():
            raise self.error(key, "must be a text", "write the words, in quotes if need be")
        return str(node.value).strip()

    def optional_text(self, key: str) -> str | None:
        """Return a text, None when the key is absent."""
        return self.text(key) if key in self._values else None

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number above zero."""
        if key not in self._values and default is not None:
            return default
        node = self._need(key)
        if not isinstance(node, ScalarNode) or node.tag != _INT or not str(node.value).isdigit():
            raise self.error(key, "must be a whole number", "write digits only")
        if int(node.value) == 0:
            raise self.error(key, "must be above zero", "write at least 1")
        return int(node.value)

    def flag(self, key: str) -> bool:
        """Return true or false; false when the key is absent."""
        if key not in self._values:
            return False
        node = self._values[key]
        if not isinstance(node, ScalarNode) or node.tag != _BOOL:
            raise self.error(key, "must be true or false", "write one of the two words")
        return str(node.value).lower() == "true"

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of words, empty when the key is absent."""
        if key not in self._values:
            return ()
        node = self._values[key]
        if not isinstance(node, SequenceNode) or not all(
            isinstance(item, ScalarNode) for item in node.value
        ):
            raise self.error(key, "must be a list", "write it as [A, B]")
        return tuple(str(item.value) for item in node.value)

    def section(self, key: str) -> Section:
        """Return the entries below `key`."""
        node = self._need(key)
        if not isinstance(node, MappingNode):
            raise self.error(key, "must have entries of its own", "indent its keys below it")
        return Section(self._file, node, self._at(key))

    def sections(self, key: str) -> Iterator[tuple[str, Section]]:
        """Yield the entries of the section `key` in the author's order."""
        parent = self.section(key)
        for name in parent.keys:
            yield name, parent.section(name)

    def texts(self, key: str) -> dict[str, str]:
        """Return a text in every language of the product, and in no other."""
        section = self.section(key).only(*LANGUAGES)
        for language in LANGUAGES:
            if language not in section.keys:
                raise self.error(key, f"has no {language} text", f"add a line `{language}: …`")
        return {language: section.text(language) for language in LANGUAGES}

    def error(self, key: str | None, problem: str, remedy: str) -> ContentError:
        """Return the error for `key`, or for the section as a whole, at its line."""
        node = self._values.get(key or "", self._node)
        subject = self._at(key) if key else self._path or "the file"
        return self._refuse(node, f"{subject} {problem}", remedy)

    def _need(self, key: str) -> Node:
        if key not in self._values:
            raise self.error(None, f"has no `{key}`", "add it")
        return self._values[key]

    def _key(self, key: Node) -> str:
        if not isinstance(key, ScalarNode) or key.tag != _STR:
            raise self._refuse(key, "a key must be a word", "put it in quotes")
        return str(key.value)

    def _at(self, key: str | None) -> str:
        return ".".join(part for part in (self._path, key) if part)

    def _refuse(self, node: Node, problem: str, remedy: str) -> ContentError:
        return ContentError(self._file, node.start_mark.line + 1, problem, remedy)


def read_yaml(path: Path) -> Section:
    """Read one content file.

    Raises:
        ContentError: it is not UTF-8, not YAML 1.2, or not a mapping at the top.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ContentError(path.name, line, "is not UTF-8", "save it as UTF-8") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ContentError(
            path.name, line, str(error.problem), "mind indentation, and quote texts with : or #"
        ) from None
    if not isinstance(node, MappingNode):
        raise ContentError(path.name, 1, "holds no keys", "begin with `format:`")
    return Section(path.name, node)
