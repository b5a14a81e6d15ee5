from tests.run.fixtures import command, pipe, published, quick, workshop

__all__ = ["command", "pipe", "published", "quick", "workshop"]
