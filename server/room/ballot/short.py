"""A document without what only its writers need: comments, indents, blanks around signs, long names.

There is no build step, and a whole class opens the ballot over one network. No more is known of JavaScript here than
what our own scripts use, as they are written: a blank before a colon in ``a ? b : c`` and none in ``{ key: value }``,
no braces within ``${}``, no defaults of keys, a comment on lines of its own.
"""

import re
from collections.abc import Callable, Iterator, Mapping

_TEXT = re.compile(r'("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)')
_WITHIN = re.compile(r"(?<=\$\{)[^{}]*(?=\})")
_DECLARED = re.compile(r"\b(?:const|let|function) (\w+)")
_PARAMETERS = re.compile(r"\bfunction \w*\(([^()]*)\)|\(([^()]*)\) =>")
_BRACKETS_OR_NAME = re.compile(r"[{}()\[\],]|(?:(?<!\.)|(?<=\.\.\.))\b[A-Za-z_]\w*\b(?!:)")
_COMMENT = ("/*", "//", "*")


def short_style(text: str) -> str:
    """A style sheet; a blank before a colon separates selectors and stays."""
    tight = re.sub(r"\s*([{};,>])\s*", r"\1", "\n".join(_lines(text, _COMMENT[:1])))
    return tight.replace(": ", ":").replace(";}", "}")


def short_script(text: str) -> str:
    """A script that does the same."""
    text = "\n".join(_lines(text, _COMMENT))
    names = _short_names(text)
    return _in_code(text, lambda code: _tight(_with_names(code, names)))


def _lines(text: str, comment: tuple[str, ...]) -> Iterator[str]:
    """The lines that say something, without those that begin as comments do."""
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith(comment):
            yield line


def _in_code(text: str, change: Callable[[str], str]) -> str:
    """A script of which everything is changed but its texts; what a template fills in is no text."""
    parts = _TEXT.split(text)
    parts[::2] = map(change, parts[::2])
    parts[1::2] = [
        _WITHIN.sub(lambda found: _in_code(found[0], change), part) if part[0] == "`" else part for part in parts[1::2]
    ]
    return "".join(parts)


def _tight(code: str) -> str:
    code = re.sub(r" *([-+*/%=<>!&|?:;,(){}\[\]]) *", r"\1", code)
    # everywhere else a line may end a statement
    return re.sub(r"(?<=[{(\[,])\n|\n(?=[})\].?:&|])", "", code)


def _with_names(code: str, names: Mapping[str, str]) -> str:
    return _BRACKETS_OR_NAME.sub(lambda found: names.get(found[0], found[0]), code)


def _short_names(text: str) -> dict[str, str]:
    """By name that a script declares its short one, but for names that are keys without a colon: ``{ key }``."""
    code = _TEXT.sub('""', text)
    declared = set(_DECLARED.findall(code))
    declared |= {name for pair in _PARAMETERS.findall(code) for name in re.findall(r"\w+", " ".join(pair))}
    uses = [found[0] for found in _BRACKETS_OR_NAME.finditer(code)]
    free = sorted(declared - _keys(code), key=lambda name: (-uses.count(name) * len(name), name))
    return {name: short for place, name in enumerate(free) if len(short := f"${_letters(place)}") < len(name)}


def _keys(code: str) -> set[str]:
    """The names that stand between commas within braces, where a name is its own key."""
    open_brackets, found, before = [""], set(), ""
    tokens = list(re.finditer(r"[{}()\[\],]|[\w$]+|[^\s\w]", code))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        sign = token[0]
        if sign in "{([":
            open_brackets.append(sign)
        elif sign in "})]":
            open_brackets.pop()
        elif open_brackets[-1] == "{" and before in ("{", ",") and following and following[0] in ",}":
            found.add(sign)
        before = sign
    return found


def _letters(place: int) -> str:
    more, last = divmod(place, 26)
    return (_letters(more - 1) if more else "") + chr(ord("a") + last)
