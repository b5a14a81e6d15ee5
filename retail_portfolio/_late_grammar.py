"""A grammar that takes a second and a half to build is built when it is first asked for.

`jsonschema` imports `rfc3987_syntax` where that is installed, and it always is, because
`jupyter_events` asks for it. That package builds the whole grammar of international web addresses
while it is imported. Nothing here ever checks such an address, but altair, nbformat, nbconvert and
papermill all import `jsonschema`: every kernel and every run of a notebook would pay for it. The
package is put off, not left out: whoever calls it gets what it would have given at once.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import Lock

SLOW = "rfc3987_syntax"
ASKED_FOR = "is_valid_syntax"


def put_off() -> None:
    """Let `import rfc3987_syntax` return at once, and do its work at the first use.

    Does nothing where it is imported already, is put off already, or is not installed.
    """
    spec = None if SLOW in sys.modules else find_spec(SLOW)
    if spec is None or spec.loader is None:
        return
    loader, module, lock = spec.loader, module_from_spec(spec), Lock()

    def wake() -> None:
        with lock:
            waiting = module.__dict__.pop("__getattr__", None)
            if waiting is None:
                return
            try:
                loader.exec_module(module)
            except BaseException:  # the next who asks is told the same, not that nothing is there
                module.__dict__["__getattr__"] = waiting
                raise

    def is_valid_syntax(term: str, value: str) -> bool:
        wake()
        return bool(getattr(module, ASKED_FOR)(term, value))

    def anything_else(name: str) -> object:
        if name.startswith("__"):  # the machinery of imports asks for such; that is no use of it
            raise AttributeError(name)
        wake()
        return getattr(module, name)

    module.__dict__.update({ASKED_FOR: is_valid_syntax, "__getattr__": anything_else})
    sys.modules[SLOW] = module
