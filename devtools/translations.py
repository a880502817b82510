"""Collect and compile the desk's translations; called by dev.py's set-up and `dev.py i18n`.

`resources/translations/*.ts` are tracked and edited in Qt Linguist; the `.qm` files that the desk
loads are made from them and not tracked.
"""

from __future__ import annotations

from pathlib import Path

from devtools.place import ROOT, SetupError, run, tool

TRANSLATIONS = ROOT / "resources" / "translations"
# English needs a file too: plural forms are translations even in the source language.
LANGUAGES = ("en", "zh_CN")


def stale(folder: Path = TRANSLATIONS) -> list[Path]:
    """Return the `.ts` files whose `.qm` is missing or older."""
    found = []
    for source in sorted(folder.glob("*.ts")):
        compiled = source.with_suffix(".qm")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            found.append(source)
    return found


def compile_stale() -> None:
    """Compile the translations that changed.

    Raises:
        SetupError: a `.ts` file is damaged; the tool's message names it.
    """
    for source in stale():
        compiled = source.with_suffix(".qm")
        if run([tool("pyside6-lrelease"), "-silent", str(source), "-qm", str(compiled)]) != 0:
            raise SetupError(f"could not compile {source.relative_to(ROOT)}")


def collect() -> None:
    """Bring every `.ts` file up to date with the strings in the desk's sources.

    Raises:
        SetupError: the sources could not be read.
    """
    sources = sorted(
        str(path.relative_to(ROOT)) for path in (ROOT / "agent_app/desk").rglob("*.py")
    )
    targets = [f"resources/translations/desk_{language}.ts" for language in LANGUAGES]
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    # Line numbers would make every edit of a source change the translations.
    words = ["-locations", "none", "-no-obsolete", "-silent", *sources, "-ts", *targets]
    if run([tool("pyside6-lupdate"), *words]) != 0:
        raise SetupError("could not collect the strings; the tool's message is above")
