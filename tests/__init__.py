"""The test suite: mirrors the package; promises/ is named after what users are promised."""
