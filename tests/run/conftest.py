from tests.run.fixtures import command, pipe, published, workshop

__all__ = ["command", "pipe", "published", "workshop"]
