"""Fuzz target: a reader's own table."""

import csv
import io
import random
import warnings

import numpy as np

from dlcore import table_cells, table_errors, tables
from dlcore.experiments import code_export
from dlcore.table_errors import TableError
from dlcore.tables import read_csv
from tools.fuzz_targets.target import ROOT

TASKS = (None, "regression", "classification")
HEADERS, DECIMALS = (None, False, True), (None, ".", ",")


def check_table(data: bytes) -> None:
    """A table within its limits that can be written and read again, or an error whose place is in the file.

    The first byte says as what target, first row and decimal sign are read, the rest is the file.
    """
    how, data = data[0] if data else 0, data[1:]
    task, header, decimal = TASKS[how % 3], HEADERS[how // 3 % 3], DECIMALS[how // 9 % 3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            table = read_csv(data, task=task, header=header, decimal=decimal)  # type: ignore[arg-type]
        except TableError as error:
            assert error.reason in table_errors.REASONS
            assert str(error)
            assert len(error.excerpt) <= 40
            assert error.row is None or 1 <= error.row <= _lines(data)
            if error.reason in ("one_class", "constant_target", "equal_target", "too_many_classes", "class_too_long"):
                other = tables.with_any_target(data, header, decimal)  # type: ignore[arg-type]
                assert other is None or other.target in other.columns
            return
        _table_accepted(data, table)


def _lines(data: bytes) -> int:
    """How many lines a file has in whatever encoding: no editor counts more."""
    return 1 + data.count(b"\n") + data.count(b"\r")


def _table_accepted(data: bytes, table: tables.Table) -> None:
    limits = table_errors.LIMITS
    rows, features = table.x.shape
    assert 2 <= rows <= limits["too_many_rows"]
    assert 1 <= features == len(table.features) < len(table.columns) <= limits["too_many_columns"]
    assert table.y.shape == (rows,)
    assert np.isfinite(table.x).all()
    assert np.isfinite(table.y).all()
    assert np.abs(table.x).max() <= table_cells.LARGEST
    assert (np.ptp(table.x, axis=0) > 0).all()
    assert np.ptp(table.y) > 0
    assert {*table.features, table.target} <= set(table.columns)
    assert len({*table.columns}) == len(table.columns)
    assert table.target not in table.features
    assert all(name and len(name) <= limits["name_too_long"] for name in table.columns)
    for remark in table.remarks:
        assert remark.code in table_errors.CODES
        assert str(remark)
        assert len(remark.excerpt) <= 40
        assert remark.row is None or 1 <= remark.row <= _lines(data)
        assert remark.column is None or remark.column in table.columns
        assert remark.count >= 1
    assert (table.task == "regression") == (not table.classes)
    if table.classes:
        assert np.unique(table.y).tolist() == list(range(len(table.classes)))
        assert 2 <= len(table.classes) <= limits["too_many_classes"]
        assert all(0 < len(name) <= limits["class_too_long"] for name in table.classes)
    if rows <= 200:
        _written_and_read_again(table)
        _taken_home(table)


def _written_and_read_again(table: tables.Table) -> None:
    """The table as a file of commas; of classes that are all numbers only the kind can come back."""
    answers = [table.classes[k] for k in table.y] if table.classes else table.y.tolist()
    names = (*table.features, table.target)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(
        [names, *([*x, y] for x, y in zip(table.x.tolist(), answers, strict=True))]
    )
    task = "classification" if table.classes else "regression"
    if any(separator in name for name in (*names, *table.classes) for separator in '\t;|"'):
        # a separator within quotation marks is for people: nobody can tell which of four it is
        return
    unclear = {name.lower() for name in table.classes} & (table_cells.MISSING | table_cells.INFINITE)
    if unclear and (unclear & table_cells.INFINITE or len({*table.classes}) < 3 or any(map(_is_number, table.classes))):
        # whether NA is a name depends on what else stands in the column, which may have been left out
        return
    # chosen, since what only counts the rows is no input by itself
    again = read_csv(text.getvalue().encode(), inputs=table.features, task=task, header=True, decimal=".")
    assert again.features == table.features
    assert again.target == table.target
    assert np.array_equal(again.x, table.x)
    if set(again.classes) == set(table.classes):
        # numbers are in another order than texts that are numbers
        named = ([one.classes[k] for k in one.y] if one.classes else one.y.tolist() for one in (again, table))
        assert next(named) == next(named)
    else:
        assert all(map(_is_number, table.classes))


def _taken_home(table: tables.Table) -> None:
    """``data.csv`` as the programs read it."""
    order = np.arange(len(table.y))
    text = code_export.data_csv(table.x, table.y, order, table.features, table.target)
    found = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1)
    assert np.array_equal(found, np.column_stack([table.x, table.y]))


TABLES = (
    "height,weight,score\n1.5,60,7.25\n1.6,70,8.5\n1.7,65,9.125\n1.8,90,3\n",
    "a;b\n1,5;1,25\n3,75;2,5\n99;7,5\n",
    "a\tb\n1,234\t1\n2\t5.5\n3\t7\n",
    "a;b\n1.234,5;x\n2;y\n4;x\n",
    'a,b\n"1,234",1\n"2,000.5",2\n5,9\n',
    '"a, in m","b ""x""",c\n1,"2",3\n\n4,"5\n",7.5\n6,9,x\n8,10,1\n',
    ",b,,c\n0.5,1,,2\n1,2,,3\n4,4,,9,,\n,,,\n\n",
    "\uc774\ub984,\ud0a4,\ud569\uaca9\n\uae40,170,\uc608\n\uc774,160,\uc544\ub2c8\uc624\n\ubc15,180.5,\uc608\n",
    "a,b\n1,5\ninf,6.5\n4,8\n,7\n1e400,\n2,NaN\n",
    "1.5,60\n2.5,70.5\n3.5,61\n",
    "\uc9c0\uc5ed,2019,2020\nA,9.73,9.51\nB,3.41,3.35\nC,2.44,2.39\n",
    "0,1,2,target\n5.1,3.5,1.4,0\n4.9,3.0,1.3,1\n",
    "a;b;y\n1,5;0.126;1\n2,5;0.127;2\n3,5;0.128;\ubaa8\ub984\n4,5;0.129;4\n5,5;0.13;5\n6,5;0.2;9\n",
    'a,b\n"0,125",+\n"0,25",-\n"0,5",NA\n"1,5",+\n',
    " 0.5  18.0  1\n 1.5   9.0  2\n 2.5  7.0\t3\n",
    "# x y\n1.0 2.5\n2.0 3.5\n4.0 1.5\n",
    "#,a,b\n1,5,2\n2,6,3\n3,9,9\n",
    "sep=;\na;b\n1;2\n2;4\n3;9\n",
    "\ud604\ud669,,\n\uad6c,a,b\nA,1,2.5\nB,2,3.5\nC,4,1.5\n\ud569\uacc4,7,7.5\n\uc790\ub8cc: X\n",
    "a|b\n12%|(3)\n7%|5\n3%|8\n1%|9\n",
    'a,b,,\n"\uffe61,200",True,,\n"\uffe61,300",False,,\n"\uffe62,300",True,,\n',
    ",x,c_1,c_2,c_3\n"
    + "".join(f"{k},{k * k % 7},{int(k % 3 == 0)},{int(k % 3 == 1)},{int(k % 3 == 2)}\n" for k in range(12)),
    'a,b\n1,"2\n3,4\n',
    "a,b\r1,2\r2,3\r",
    "=1+1,<b>x</b>\n1,2\n2,4\n3,9\n",
    "a,b\n1,2\n1,2,3\n",
    "a,a\n1,2\n",
    "a\n1\n",
    "",
)


def table_seeds() -> list[bytes]:
    files = [text.encode(encoding) for text in TABLES for encoding in ("utf-8", "utf-16", "utf-16-le")]
    files += [text.encode("cp949") for text in TABLES] + [
        b"\xef\xbb\xbf" + TABLES[0].encode(),
        b"PK\x03\x04",
        b"\0" * 9,
    ]
    shipped = sorted((ROOT / "dlcore" / "data").glob("*.csv"))
    files += [b"".join(path.read_bytes().splitlines(keepends=True)[:12]) for path in shipped]
    return [bytes([k % 27]) + data for k, data in enumerate(files)]


def table_worst() -> dict[str, bytes]:
    most = table_errors.LIMITS["too_large"] - 10
    full = b"\n".join([b",".join(b"%d" % (k * j % 10) for j in range(200)) for k in range(12_400)])
    same = b",".join(b"c%d" % k for k in range(200)) + b"\n" + (b"1," * 199 + b"1\n") * 12_000
    files = {
        "one endless line of commas": b"," * most,
        "one endless number": b"a,b\n1," + b"9" * (most - 10),
        "a quote never closed": b'a,b\n1,"' + b"x\n" * (most // 2 - 9),
        "only quotes": b'"' * most,
        "only line ends": b"\n" * most,
        "one column": b"1\n" * (most // 2),
        "200 columns of digits": full[:most],
        "200 constant columns, any target": same[:most],
        "50,000 rows of all digits": b"a,b\n" + b"".join(b"%d.%d,%d\n" % (i, i * 7919, i) for i in range(49_999)),
        "4 bytes a letter": ("\U0001f600,b\n" + "1,x\n" * 49_000).encode(),
        "UTF-16": "a,b\n".encode("utf-16") + "\uac00,\ub098\n".encode("utf-16-le") * 49_000,
        "a class with a name of 130,000 letters": b"a,b\n" + b"1,x\n2,y\n" * 20_000 + b"3," + b"z" * 130_000,
        "50 classes of 100 letters": b"a,b\n"
        + b"".join(b"%d,%s%02d\n" % (k, b"n" * 98, k % 50) for k in range(40_000)),
        "commas and points between semicolons": b"a;b\n" + b"1.234.567.890.123,4;2\n" * 49_000,
        "random bytes": random.Random(0).randbytes(most),
    }
    return {name: b"\0" + data for name, data in files.items()}


def _is_number(name: str) -> bool:
    read = (table_cells.number_in(name, comma) for comma in (False, True))
    return name.lower() in table_cells.FLAGS or any(map(table_cells.is_number, read))
