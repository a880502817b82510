"""`python -m agent_app.desk`: start the desk."""

import sys

from agent_app.desk.main import main

if __name__ == "__main__":
    sys.exit(main())
