"""`Sealed`: a value that is not there (design 6.4)."""

from typing import NoReturn


class SealedValueError(TypeError):
    """A sealed value has nothing to show, compare, copy or count."""


def _refuse(*_: object, **__: object) -> NoReturn:
    raise SealedValueError


class Sealed:
    """Stands where a location or narrative would be; holds no value, and refuses every way of reading one."""

    __slots__ = ()

    __str__ = __repr__ = __format__ = __bytes__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = _refuse
    __copy__ = __deepcopy__ = __reduce__ = __reduce_ex__ = __getstate__ = _refuse
    __int__ = __float__ = __index__ = __fspath__ = _refuse


SEALED = Sealed()
