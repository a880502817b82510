"""Run import-linter on pyproject.toml's contracts: `python -m devtools.lint_imports`.

import-linter has no `__main__` of its own, and its console script is not on the path when the
environment is not activated.
"""

from importlinter.cli import lint_imports_command

if __name__ == "__main__":
    lint_imports_command()
