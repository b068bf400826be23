"""A reader's own table: any file is a table of finite numbers and what was done to it, or an error with its place."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlcore.table_errors import CODES, LIMITS, REASONS, Remark, TableError, name_list
from dlcore.tables import Table, read_csv, with_any_target
from tools.fuzz_targets.table import TASKS, check_table

GOOD = "height,weight,score\n1.5,60,7.25\n1.6,70,8.5\n1.7,65,9.125\n1.8,90,3\n"


def read(text: str, *given, **named) -> Table:
    return read_csv(text.encode(), *given, **named)


def cut(text: str) -> str:
    """An excerpt: whole, or 39 characters and an ellipsis."""
    return text if len(text) <= 40 else text[:39] + "…"


def remark(table: Table, code: str) -> Remark:
    (found,) = (remark for remark in table.remarks if remark.code == code)
    return found


def codes(table: Table) -> list[str]:
    return [remark.code for remark in table.remarks]


# ---- what is read --------------------------------------------------------------------------------------------------


def test_a_plain_table_is_read_as_it_stands() -> None:
    table = read(GOOD)
    assert table.x.tolist() == [[1.5, 60], [1.6, 70], [1.7, 65], [1.8, 90]]
    assert table.y.tolist() == [7.25, 8.5, 9.125, 3]
    assert (table.features, table.target, table.task) == (("height", "weight"), "score", "regression")
    assert (table.classes, table.columns, table.remarks) == ((), ("height", "weight", "score"), ())
    assert table.x.dtype == table.y.dtype == np.float64
    assert table.load() == (table.x, table.y)
    for part in table.load():
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 7


def test_target_and_inputs_can_be_chosen() -> None:
    table = read(GOOD, target="height", inputs=["score", "weight", "score"])
    assert table.features == ("score", "weight") and table.y.tolist() == [1.5, 1.6, 1.7, 1.8]
    assert table.x[0].tolist() == [7.25, 60]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949", "euc-kr"])
def test_separators_line_ends_and_encodings_do_not_change_the_table(delimiter: str, end: str, encoding: str) -> None:
    text = GOOD.replace("score", "점수").replace(",", delimiter).replace("\n", end)
    data = text.encode(encoding)
    table = read_csv(data)
    assert np.array_equal(table.x, read(GOOD).x) and np.array_equal(table.y, read(GOOD).y)
    assert table.target == "점수"
    said = {r.code: r.excerpt for r in table.remarks}
    assert said.get("delimiter", ",") == delimiter
    assert ("encoding" in said) == (not encoding.startswith("utf-8"))
    if encoding == "euc-kr":
        assert said["encoding"] == "cp949"


def test_utf_16_with_a_mark_of_either_order_is_read() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert np.array_equal(read_csv(mark + GOOD.encode(encoding)).x, read(GOOD).x)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,5", 1.5),
        ("-0,25", -0.25),
        ("1.234,5", 1234.5),
        ("1,5e3", 1500),
        ("7", 7),
        ("1.234", 1234),
        (",5", 0.5),
        ("−2,5", -2.5),
    ],
)
def test_between_semicolons_a_comma_is_the_decimal_sign(cell: str, number: float) -> None:
    table = read(f"a;b\n{cell};1,25\n3,75;2,5\n99;7,5\n")
    assert table.x[0, 0] == number and table.y.tolist() == [1.25, 2.5, 7.5]
    assert "decimal_comma" in codes(table) and ("thousands" in codes(table)) == ("." in cell)


def test_between_semicolons_a_point_stays_one_if_no_comma_is_there() -> None:
    table = read("a;b\n1.5;1.25\n2.5;2.75\n3;9\n")
    assert table.x[:, 0].tolist() == [1.5, 2.5, 3] and codes(table) == ["delimiter"]


@pytest.mark.parametrize(("cell", "number"), [("1,234", 1234), ("1,234.5", 1234.5), ('"12,345,678"', 12345678)])
def test_three_digits_after_a_comma_are_thousands_between_tabs(cell: str, number: float) -> None:
    table = read(f"a\tb\n{cell}\t1\n2\t5.5\n3\t7\n")
    assert table.x[0, 0] == number
    found = remark(table, "thousands")
    assert (found.row, found.column, found.excerpt) == (2, "a", cell.strip('"'))


def test_another_comma_is_a_decimal_sign_between_tabs() -> None:
    assert read("a\tb\n1,5\t1\n1,234\t5\n3\t7\n").x[:, 0].tolist() == [1.5, 1.234, 3]


def test_quoted_thousands_between_commas_are_read() -> None:
    table = read('a,b\n"1,234",1\n"2,000.5",2\n5,9\n')
    assert table.x[:, 0].tolist() == [1234, 2000.5, 5] and codes(table) == ["thousands"]


@pytest.mark.parametrize(
    "cell", ["12,34", "1e", "0x10", "1_000", "１２", "١٢", "1 2", "five", "=1+1", "1.2.3", "9" * 41]
)
def test_what_is_not_clearly_a_number_is_text(cell: str) -> None:
    table = read(f'a,b,c\n"{cell}",1,4.5\n2,2,5.5\n3,5,7\n')
    found = remark(table, "text_column")
    assert (found.row, found.column, found.excerpt, found.count) == (2, "a", cut(cell), 1)
    assert table.features == ("b",)


@pytest.mark.parametrize("cell", ["1", "+1", "1.", "1.0", "01", "1e0", " 1 ", "10E-1"])
def test_one_is_written_in_many_ways(cell: str) -> None:
    assert read(f"a,b\n{cell},2\n3,5.5\n5,9\n").x[0, 0] == 1


def test_without_a_header_the_columns_are_numbered() -> None:
    table = read("1.5,60\n2.5,70.5\n3.5,61\n")
    assert table.columns == ("column_1", "column_2") and len(table.y) == 3
    assert remark(table, "no_header").excerpt == "1.5"
    assert len(read("7,Korea\n8,Korea\n9,Japan\n", task="classification").y) == 3


def test_a_column_without_a_name_is_numbered_and_empty_columns_fall_away() -> None:
    table = read(",b,,c\n0.5,1,,2\n1,2,,3\n4,4,,9,,\n,,,\n\n")
    assert table.features == ("column_1", "b")
    assert [r.column for r in table.remarks if r.code == "unnamed_column"] == ["column_1"]
    assert table.columns == ("column_1", "b", "c") and remark(table, "empty_columns").count == 1
    # with a name it is said of the column why it is no input, and without one if there is anything in it
    table = read("a,b,e,\n0.5,1,,\n1,2,,3\n4,4,,\n9,3,,\n", target="a")
    assert [(r.column, r.count) for r in table.remarks if r.code == "mostly_missing"] == [("e", 4), ("column_4", 3)]


def test_cells_may_hold_separators_quotes_and_line_ends() -> None:
    table = read('"a, in m","b ""x""",c\n1,"2",3\n\n4,"5\n",7.5\n6,9,x\n8,10,1\n', target="c", task="classification")
    assert table.features == ("a, in m", 'b "x"') and table.classes == ("1", "3", "7.5", "x")
    found = read('a,b\n1,2\n\n"3\n",4\nfive,5\n7,8\n', target="a", task="classification")
    assert found.classes == ("1", "3", "7", "five")
    # the line where the row begins, as an editor counts
    assert remark(read('a,b,c\n1,2,3\n\n"3\n",4,4.5\n6,five,5\n7,8,9\n'), "text_column").row == 6


# ---- what is left out, and said ------------------------------------------------------------------------------------


def test_text_columns_are_no_inputs() -> None:
    table = read("name,a,date,b\nKim,1,2024-01-02,5\nLee,2,2024-01-03,6.5\nPark,4,,8\n")
    assert table.features == ("a",)
    assert [(r.column, r.excerpt, r.count) for r in table.remarks] == [("name", "Kim", 3), ("date", "2024-01-02", 2)]
    assert len(table.y) == 3, "a hole in a column that is left out costs no row"


@pytest.mark.parametrize("cell", ["", "  ", "NA", "n/a", "NaN", "nan", "NULL", "None", "-", "?", ".", "#DIV/0!"])
@pytest.mark.parametrize("column", ["a", "b"])
def test_rows_with_a_missing_value_are_left_out(cell: str, column: str) -> None:
    rows = [["1", "5"], ["2", "6.5"], ["4", "8"], ["9", "1"]]
    rows[1]["ab".index(column)] = cell
    table = read("a,b\n" + "\n".join(map(",".join, rows)))
    assert table.x[:, 0].tolist() == [1, 4, 9] and table.y.tolist() == [5, 8, 1]
    assert table.remarks == (Remark("missing", 3, column, cell.strip(), 1),)


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "∞", "1e999", "-1e101"])
def test_rows_with_an_infinite_number_are_left_out(cell: str) -> None:
    table = read(f"a,b\n1,5\n{cell},6.5\n4,8\n,7\n{cell},\n")
    assert table.x[:, 0].tolist() == [1, 4]
    assert table.remarks == (Remark("missing", 5, "a", "", 2), Remark("out_of_range", 3, "a", cell, 1))


def test_constant_columns_are_no_inputs_even_if_they_only_become_constant() -> None:
    table = read("a,b,c,d\n1,7,1,1\n2,7,1,2\n3,7,1,3\n4,7,2,\n4.5,7,1,9\n")
    assert table.features == ("a",)
    assert [r.column for r in table.remarks if r.code == "constant_column"] == ["b", "c"]
    assert {r.excerpt for r in table.remarks if r.code == "constant_column"} == {"7", "1"}


def test_formulas_are_text_and_never_evaluated() -> None:
    table = read('a,b,c\n"=1+1",1,3.5\n"=cmd|\' /C calc\'!A0",2,4\n@SUM(A1),4,9\n')
    assert remark(table, "text_column").excerpt == "=1+1" and table.features == ("b",)
    assert read("a,b\n1,=x\n2,=x\n3,+y\n").classes == ("+y", "=x")


# ---- numbers or classes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "task", "classes"),
    [
        ("no yes no yes", "binary", ("no", "yes")),
        ("b a c a", "multiclass", ("a", "b", "c")),
        ("0 1 1 0", "binary", ("0", "1")),
        ("1.5 2.5 2.5 1.5", "binary", ("1.5", "2.5")),
        ("0 1 2 0 1 2", "multiclass", ("0", "1", "2")),
        ("1 2 3 3 2 1.0", "multiclass", ("1", "2", "3")),
        ("0 1 2 3", "regression", ()),
        ("1 3 5 1 3 5", "regression", ()),
        ("0 0.5 1 0 0.5 1", "regression", ()),
    ],
)
def test_what_kind_of_target_it_is_is_decided_and_said(targets: str, task: str, classes: tuple[str, ...]) -> None:
    rows = targets.split()
    table = read("a,b\n" + "\n".join(f"{i},{target}" for i, target in enumerate(rows)))
    assert (table.task, table.classes) == (task, classes)
    if classes:
        assert table.y.dtype == np.int64
        assert [float(classes[i]) if classes[i][0].isdigit() else classes[i] for i in table.y] == [
            float(row) if row[0].isdigit() else row for row in rows
        ]
        assert remark(table, "target_classes").count == len(classes)
        assert remark(table, "target_classes").excerpt == ", ".join(classes)


def test_the_reader_has_the_last_word_on_the_kind_of_target() -> None:
    text = "a,b\n1,0\n2,1\n3,1\n4,0\n5,7\n"
    assert read(text, task="regression").y.tolist() == [0, 1, 1, 0, 7]
    assert read(text, task="classification").classes == ("0", "1", "7")
    with pytest.raises(ValueError, match="task must be regression, classification or None; it is 'binary'"):
        read(text, task="binary")  # type: ignore[arg-type]


# ---- what is refused -----------------------------------------------------------------------------------------------

XLSX = io.BytesIO()
with zipfile.ZipFile(XLSX, "w") as archive:
    archive.writestr("xl/workbook.xml", "<workbook/>")
MANY = "a,b\n" + "".join(f"{i},k{i}\n" for i in range(LIMITS["too_many_classes"] + 1))

REFUSED: list[tuple[str, bytes, dict, dict]] = [
    ("empty", b"", {}, {}),
    ("empty", b" \n\r\n\t", {}, {}),
    ("empty", b"\xef\xbb\xbf", {}, {}),
    ("empty", b"\xff\xfe", {}, {}),
    ("empty", b",,,\n,,\n", {}, {}),
    ("empty", b'""\n', {}, {}),
    ("too_large", b"1" * (LIMITS["too_large"] + 1), {}, {"excerpt": "5000001", "limit": 5_000_000}),
    ("workbook", XLSX.getvalue(), {}, {}),
    ("workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {}, {}),
    ("binary", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe", {}, {}),
    ("binary", b"a,b\n1,\x02\n", {}, {}),
    ("binary", bytes(100), {}, {}),
    ("encoding", "größe,b\n1,2\n".encode("latin-1").replace(b"\xdf", b"\xff"), {}, {}),
    ("encoding", b"\xff\xfe1", {}, {}),
    ("quote", b'a,b\n1,"2\n3,4\n', {}, {"row": 2}),
    ("quote", b'a,b\n1,"2"x\n', {}, {"row": 2}),
    ("cell_too_long", b"a,b\n1,2\n3," + b"9" * 131_073, {}, {"row": 3, "limit": 131_072}),
    ("class_too_long", b"a,b\n1,x\n2," + b"y" * 101, {}, {"column": "b", "excerpt": cut("y" * 101), "limit": 100}),
    ("too_many_rows", b"a,b\n" + b"1,2\n" * (LIMITS["too_many_rows"] + 1), {}, {"limit": 50_000}),
    ("too_many_columns", b"1" + b",1" * LIMITS["too_many_columns"], {}, {"row": 1, "excerpt": "201", "limit": 200}),
    ("name_too_long", b"a," + b"b" * 101 + b"\n1,2\n", {}, {"row": 1, "excerpt": cut("b" * 101), "limit": 100}),
    ("duplicate_header", b"a, b,b \n1,2,3\n", {}, {"row": 1, "column": "b", "excerpt": "b"}),
    ("one_column", b"a\n1\n2\n", {}, {}),
    ("ragged", b"a,b\n1,2\n1,2,3\n", {}, {"row": 3, "excerpt": "3", "limit": 2}),
    ("ragged", b"a,b,c\n\n1,2\n", {}, {"row": 3, "excerpt": "2", "limit": 3}),
    ("unknown_column", b"a,b\n1,2\n", {"target": "c"}, {"excerpt": "c", "choices": ("a", "b")}),
    ("unknown_column", b"a,b\n1,2\n", {"inputs": ["z"]}, {"excerpt": "z", "choices": ("a",)}),
    ("unknown_column", b"a,b\n1,2\n", {"inputs": ["b"]}, {"excerpt": "b", "choices": ("a",)}),
    ("no_rows", b"a,b\n", {}, {}),
    ("one_row", b"a,b\n1,2\n", {}, {"row": 2}),
    ("one_row", b"a,b\n1,2\n2,\n", {}, {"row": 2}),
    ("all_missing", b"a,b\n1,\n,2\n3,\n4,?\n5,\n", {}, {"row": 2, "column": "b", "excerpt": ""}),
    ("all_missing", b"a,b\n1,inf\n2,inf\n", {}, {"row": 2, "column": "b", "excerpt": "inf"}),
    ("no_inputs", b"a,b\nx,1\ny,2\nz,4\n", {}, {}),
    ("no_inputs", b"a,b\n1,1\n1,2\n1,4\n", {}, {}),
    ("no_inputs", b"a,b\n1,1\n2,2\n1,4\n", {"inputs": []}, {}),
    ("target_text", b"a,b\n1,1\n2,two\n", {"task": "regression"}, {"row": 3, "column": "b", "excerpt": "two"}),
    ("constant_target", b"a,b\n1,7\n2,7\n", {}, {"column": "b", "excerpt": "7"}),
    (
        "equal_target",
        b"a,b\n1,12345678901234567891\n2,12345678901234567892\n",
        {"task": "regression"},
        {"column": "b", "excerpt": "12345678901234567891"},
    ),
    ("one_class", b"a,b\n1,yes\n2,yes\n", {}, {"column": "b", "excerpt": "yes"}),
    ("one_class", b"a,b\n1,7\n2,7\n", {"task": "classification"}, {"column": "b", "excerpt": "7"}),
    ("too_many_classes", MANY.encode(), {}, {"column": "b", "excerpt": "k0", "limit": 50}),
]


@pytest.mark.parametrize(
    ("reason", "data", "named", "facts"), REFUSED, ids=[f"{i}-{r[0]}" for i, r in enumerate(REFUSED)]
)
def test_what_is_no_usable_table_is_refused_with_the_reason_and_the_place(reason, data, named, facts) -> None:
    with pytest.raises(TableError) as error:
        read_csv(data, **named)
    assert error.value.reason == reason
    nowhere = {"row": None, "column": None, "excerpt": "", "limit": LIMITS.get(reason), "choices": ()}
    if reason == "too_many_rows":
        nowhere["row"] = LIMITS["too_many_rows"] + 2
    assert {name: getattr(error.value, name) for name in nowhere} == nowhere | facts


def test_every_reason_has_its_test() -> None:
    assert {reason for reason, *_ in REFUSED} == REASONS and isinstance(REASONS, frozenset)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TableError("ragged", 3, None, "3", 2), "row 3: this row has '3' cells, the first row has 2"),
        (TableError("one_class", None, "b", "x"), "column 'b': every row is of the class 'x'"),
        (TableError("target_text", 2, "b", "x"), "row 2, column 'b': 'x' is not a number"),
        (TableError("unknown_column", excerpt="hight", choices=("height", "b")), "height, b; did you mean 'height'?"),
        (
            TableError("unknown_column", excerpt="zzz", choices=("height", "b")),
            "no column is called 'zzz'; choose from",
        ),
        (TableError("empty"), "there is nothing in this file"),
        (Remark("missing", 7, "a", "NA", 2), "row 7, column 'a': 2 rows were left out"),
        (Remark("delimiter", excerpt=";"), "the columns are separated by ';'"),
    ],
)
def test_errors_and_remarks_can_be_read(error, words: str) -> None:
    assert words in str(error)


def test_every_code_and_reason_makes_a_sentence() -> None:
    assert all("{" not in str(Remark(code)) for code in CODES)
    assert all("{" not in str(TableError(reason)) for reason in REASONS)
    assert len(Remark("missing", excerpt="x" * 99).excerpt) == 40 and isinstance(CODES, frozenset)


def test_another_target_is_looked_for_in_a_file_that_is_read_once() -> None:
    found = with_any_target(b"a,b,c\n7,1,x\n7,2,x\n7,4,x\n")
    assert found is None, "b is left without inputs"
    found = with_any_target(b"a,b,c\n7,1,x\n7,2,x\n7,4,x\n".replace(b"7,2", b"8,2"))
    assert found is not None and (found.target, found.features) == ("a", ("b",))
    # 200 constant columns took 41 seconds, and the largest such file minutes
    data = b",".join(b"c%d" % k for k in range(200)) + b"\n" + (b"1," * 199 + b"1\n") * 1000
    start = time.process_time()
    assert with_any_target(data) is None
    assert time.process_time() - start < 10, "seconds; it takes less than one"


def test_the_remarks_on_one_target_are_not_those_on_another() -> None:
    found = with_any_target(b'a,b,c\n"1,000",1,x\n"2,000",2,x\n"4,000",4,x\n')
    assert found is not None and codes(found) == ["thousands", "text_column"]


# ---- one cell decides nothing for a whole file ---------------------------------------------------------------------

KOSIS = "지역,2019,2020,2021\n서울,9.73,9.67,9.51\n부산,3.41,3.39,3.35\n대구,2.44,2.42,2.39\n광주,1.46,1.45,1.44\n"
IRIS = (
    "5.1,3.5,1.4,0.2,a\n4.9,3.0,1.4,0.2,a\n7.0,3.2,4.7,1.4,b\n6.4,3.2,4.5,1.5,b\n6.3,3.3,6.0,2.5,c\n5.8,2.7,5.1,1.9,c\n"
)
FLOATS = "5.1,3.5,1.4,0.2\n4.9,3.0,1.4,0.2\n7.0,3.2,4.7,1.4\n6.4,3.2,4.5,1.5\n6.3,3.3,6.0,2.5\n"


def test_years_are_the_names_of_columns_whose_numbers_they_are_unlike() -> None:
    table = read_csv(KOSIS.encode("cp949"))
    assert table.columns == ("지역", "2019", "2020", "2021")
    assert table.y.tolist() == [9.51, 3.35, 2.39, 1.44] and table.x[0].tolist() == [9.73, 9.67]
    found = remark(table, "number_header")
    assert (found.row, found.excerpt) == (1, "2019") and "no_header" not in codes(table)


@pytest.mark.parametrize(
    ("first", "below"),
    [
        ("0,1,2,target", FLOATS),
        ("0,1,2,target", "3,1,2,0\n1,0,2,1\n0,3,1,0\n2,2,0,1\n1,3,0,1\n"),
        ("0,1,2,3", FLOATS),
        ("0,1,2,3", "3,1,2,0\n1,0,2,1\n0,3,1,0\n2,2,0,1\n1,3,0,1\n"),
        (",0,1,target", "0,5.1,3.5,0\n1,4.9,3.0,1\n2,7.0,3.2,0\n3,6.4,3.2,1\n"),
        ("2021,2020,2019", "9,3,2\n4,1,6\n2,2,8\n"),
        ("2019,2020,2021", "900,2500,2300\n3000,700,1200\n1500,2700,640\n2100,1900,3500\n"),
        ("2000,2010,2015,2020", FLOATS),
        ("dose,10,20,50,weight", "1,0.5,0.25,0.1,7\n2,0.5,0.75,0.3,6\n3,1.5,0.25,0.5,2\n"),
        ("x,3,y", "1,4,7\n2,2,6\n3,5,8\n"),
        ("0,1", "5.1,3.5\n4.9,3.1\n7.2,3.2\n6.4,3.6\n6.3,3.3\n"),
    ],
)
def test_numbers_that_name_columns_are_no_row(first: str, below: str) -> None:
    table = read(f"{first}\n{below}", task="regression")
    names = tuple(name or f"column_{k}" for k, name in enumerate(first.split(","), start=1))
    assert table.columns == names and len(table.y) == below.count("\n")
    assert remark(table, "number_header").row == 1
    # what was decided can be decided otherwise
    assert read(f"{first}\n{below}", header=False).columns == tuple(f"column_{k}" for k in range(1, len(names) + 1))


@pytest.mark.parametrize(
    "text",
    [
        IRIS,
        FLOATS,
        "1.5,60\n2.5,70.5\n3.5,61\n",
        "0,0,0\n0,1,1\n1,0,1\n1,1,0\n",
        "0,1,1\n0,0,0\n1,0,1\n1,1,0\n",
        "1,2\n2,4\n3,6\n4,8\n5,10\n",
        "1,2,3\n2,3,4\n3,4,5\n4,5,7\n",
        "0,1,2,3\n4,5,6,7\n8,9,10,11\n3,1,4,1\n",
        "2018,5.1\n2019,5.3\n2020,5.8\n",
        "2019,2020,2021\n2001,2004,2020\n2010,2011,2013\n1999,2005,2006\n",
        "Kim,2019,2020\nLee,2001,2010\nPark,2003,2007\n",
        "6,148,72,35\n1,85,66,29\n8,183,64,0\n1,89,66,23\n",
        "5.1,x,1.4,0.2\n4.9,3.0,1.4,0.1\n7.0,3.2,4.7,1.4\n6.4,3.2,4.5,1.5\n6.3,3.3,6.0,2.5\n5.9,3.1,4.2,1.1\n",
        "n.d.,0,1\n2,3,0\n3,1,2\n1,0,3\nn.d.,4,1\n4,2,2\n5,1,0\n6,2,3\n7,3,1\n8,0,2\n9,1,4\n",
        "1,1,2,x\n5.5,3.5,2.5,1.5\n4.5,6.5,7.5,9.5\n3.5,1.5,6.5,2.5\n",
    ],
)
def test_a_first_row_like_the_others_is_a_row(text: str) -> None:
    table = read(text, task=None)
    assert table.columns == tuple(f"column_{k}" for k in range(1, 2 + text.splitlines()[0].count(",")))
    assert "no_header" in codes(table) and "number_header" not in codes(table)


def test_the_reader_has_the_last_word_on_the_first_row() -> None:
    assert read(FLOATS, header=True).columns == ("5.1", "3.5", "1.4", "0.2")
    assert "no_header" not in codes(read(FLOATS, header=True))
    table = read("a,b\n" + "".join(f"{k},{k * k}\n" for k in range(2, 9)), header=False)
    assert table.columns == ("column_1", "column_2") and table.y[0] == 4
    assert remark(table, "no_header").excerpt == "a", "and not a number, which the row does not have"
    assert {r.column: (r.row, r.excerpt) for r in table.remarks if r.code == "stray_text"} == {
        "column_1": (1, "a"),
        "column_2": (1, "b"),
    }
    with pytest.raises(TableError) as error:
        read("1,2\n", header=True)
    assert error.value.reason == "no_rows"


def test_the_decimal_sign_is_that_of_each_column() -> None:
    table = read("price;ratio;y\n" + "".join(f"{k},5;0.1{k};{k}\n" for k in range(10, 30)))
    assert table.x[:2].tolist() == [[10.5, 0.11], [11.5, 0.111]]
    assert (table.task, "thousands" in codes(table)) == ("regression", False)
    assert remark(table, "decimal_comma").excerpt == "10,5"
    said = remark(table, "decimal_point")
    assert (said.row, said.column, said.excerpt) == (2, "ratio", "0.110")


def test_one_cell_does_not_decide_on_the_decimal_sign_of_the_others() -> None:
    rows = [[f"0.1{k}", f"{k}", f"{k * k % 7}.5"] for k in range(25, 55)]
    clean = read("a;b;y\n" + "\n".join(map(";".join, rows)))
    assert clean.x[0].tolist() == [0.125, 25]
    noted = [[*row[:2], "", row[2]] for row in rows]
    noted[4][2] = "7,4"
    table = read("a;b;note;y\n" + "\n".join(map(";".join, noted)))
    assert np.array_equal(table.x, clean.x) and np.array_equal(table.y, clean.y)
    rows[4][1] = "7,4"
    table = read("a;b;y\n" + "\n".join(map(";".join, rows)))
    assert np.array_equal(table.x, np.delete(clean.x, 4, axis=0)) and table.task == "regression"
    found = remark(table, "stray_text")
    assert (found.row, found.column, found.excerpt, found.count) == (6, "b", "7,4", 1)


def test_one_decimal_comma_makes_no_thousands_of_another_column() -> None:
    text = "a;b;y\n" + "".join(f"1.{k};{k};{k * k}\n" for k in range(125, 155))
    assert read(text).x[0, 0] == read(text.replace(";130;", ";7,4;")).x[0, 0] == 1.125
    assert read(text.replace(";130;", ";7,4;")).x[5].tolist() == [1.13, 7.4]
    # many decide
    german = "a;b\n" + "".join(f"1.{k};{k},5\n" for k in range(125, 155))
    assert read(german).x[0, 0] == 1125 and read(german).y[0] == 125.5


def test_no_number_with_thousands_begins_with_nought() -> None:
    table = read('x,y\n"0,125","0,5"\n"0,126","1,5"\n"0,127","12,5"\n"0,128","3"\n')
    assert table.x[:, 0].tolist() == [0.125, 0.126, 0.127, 0.128] and table.y.tolist() == [0.5, 1.5, 12.5, 3]
    assert codes(table) == ["decimal_comma"] and table.task == "regression"
    table = read("x;y\n0.125;1\n0.250;2\n1.500;4\n")
    assert table.x[:, 0].tolist() == [0.125, 0.25, 1.5]


def test_the_reader_has_the_last_word_on_the_decimal_sign() -> None:
    text = "a;b\n1,234;1.5\n2,345;2.5\n3,456;9.5\n"
    assert read(text, decimal=".").x[:, 0].tolist() == [1234, 2345, 3456]
    text = "a;b\n1,234;1\n2,345;2\n3,456;9\n"
    assert read(text).x[:, 0].tolist() == read(text, decimal=",").x[:, 0].tolist() == [1.234, 2.345, 3.456]
    assert read(text, decimal=".").x[:, 0].tolist() == [1234, 2345, 3456]
    assert read("a\tb\n1,234\t1\n2,345\t2\n", decimal=",").x[:, 0].tolist() == [1.234, 2.345]
    with pytest.raises(ValueError, match=r"decimal must be '\.', ',' or None; it is ';'"):
        read(text, decimal=";")  # type: ignore[arg-type]


def stray(column: int, word: str, rows: int = 100) -> str:
    """Rows of numbers, with a word in the twentieth."""
    cells = [[str(k), str(k * k % 7), str(k / 2)] for k in range(1, rows + 1)]
    cells[19][column] = word
    return "x1,x2,y\n" + "\n".join(map(",".join, cells))


@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize("word", ["측정불가", "five", "1..5", "=1+1"])
@pytest.mark.parametrize("rows", [25, 100])
def test_a_stray_word_costs_its_row_and_nothing_else(column: int, word: str, rows: int) -> None:
    table = read(stray(column, word, rows))
    clean = read(stray(column, "1", rows))
    assert table.task == "regression" and table.features == ("x1", "x2")
    assert np.array_equal(table.x, np.delete(clean.x, 19, axis=0))
    assert np.array_equal(table.y, np.delete(clean.y, 19))
    assert table.remarks == (Remark("stray_text", 21, ("x1", "x2", "y")[column], word, 1),)


def test_the_reader_may_have_stray_words_as_classes_and_words_as_stray() -> None:
    text = "a,b\n" + "".join(f"{k},{k % 2}\n" for k in range(20)) + "20,unknown\n"
    table = read(text)
    assert (table.classes, len(table.y)) == (("0", "1"), 20)
    assert "stray_text" in codes(table) and "target_classes" in codes(table)
    table = read(text, task="classification")
    assert (table.classes, len(table.y)) == (("0", "1", "unknown"), 21) and "stray_text" not in codes(table)
    table = read(text, task="regression")
    assert table.y.tolist() == [k % 2 for k in range(20)] and "stray_text" in codes(table)
    # too many words to be strays, unless the reader says so
    text = "a,b\n" + "".join(f"{k},{k}.5\n" for k in range(7)) + "7,low\n8,low\n9,high\n"
    assert read(text).task == "multiclass"
    table = read(text, task="regression")
    assert table.y.tolist() == [k + 0.5 for k in range(7)]
    found = remark(table, "stray_text")
    assert (found.row, found.excerpt, found.count) == (9, "low", 3)


def test_a_word_that_recurs_as_the_numbers_do_is_one_of_the_classes() -> None:
    table = read("a,b\n" + "".join(f"{k},{('1', '2', '3', '4', '5+')[k % 5]}\n" for k in range(50)))
    assert table.classes == ("1", "2", "3", "4", "5+") and len(table.y) == 50


def test_too_many_classes_name_the_row_of_the_words_among_numbers() -> None:
    text = "a,b\n" + "".join(f"{k},{k}.5\n" for k in range(100))
    for data, row in ((text.replace(",7.5\n", ",seven\n"), 9), (stray(2, "x").replace("x1,x2", "a,b"), 21)):
        with pytest.raises(TableError) as error:
            read(data, task="classification")
        assert (error.value.reason, error.value.row) == ("too_many_classes", row)
        assert error.value.excerpt in ("seven", "x")


@pytest.mark.parametrize(
    "text",
    [
        "a\tb\n1,234\t1\n1,2342\t5.1e4007\n",
        "a\tb\n1,234\t1\n1,2342\t5.1e4007\n1,2343\t2\n",
        "a;b\n1,5\t;1\n2,5;5.1e4007\n3,5;2\n",
        "a,b\n1,x\n2,y\n3,1e999\n4,x\n5,y\n",
    ],
)
def test_a_number_beyond_range_is_no_name_of_a_class(text: str) -> None:
    for task in (None, "classification"):
        try:
            table = read(text, task=task)
        except TableError as error:
            assert error.reason in ("one_row", "no_inputs", "one_class", "all_missing")
        else:
            assert not any("e" in name for name in table.classes)
            assert "out_of_range" in codes(table)


@pytest.mark.parametrize(
    "data", [b"0a\tb\n1,234\t1\n1,2342\t5.1e4007\n", b"2\t5.5\n3\t6\n,234\t1\n2\t5.5", b"2\t5.5\n3\t6\n,234\t1\n"]
)
def test_what_the_fuzzer_found_can_be_read_again_after_it_was_written(data: bytes) -> None:
    for task in range(3):
        check_table(bytes([task]) + data[1:])


# ---- names that elsewhere mean that a value is missing ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["-", "NA", "None", "?", ".", "null", "n/a"])
def test_in_a_column_of_text_what_means_missing_among_numbers_is_a_name(name: str) -> None:
    rows = [("EU", "JP", name, "")[k % 4] for k in range(20)]
    table = read("x1,region\n" + "\n".join(f"{k},{region}" for k, region in enumerate(rows)))
    assert set(table.classes) == {"EU", "JP", name} and len(table.y) == 15
    assert [table.classes[k] for k in table.y] == [region for region in rows if region]
    said = remark(table, "name_not_missing")
    assert (said.row, said.column, said.excerpt, said.count) == (4, "region", name, 5)
    missing = remark(table, "missing")
    assert (missing.row, missing.excerpt, missing.count) == (5, "", 5)


def test_plus_and_minus_are_two_classes() -> None:
    table = read("x,class\n1,+\n2,-\n3,+\n4,-\n5,+\n")
    assert table.classes == ("+", "-") and table.y.tolist() == [0, 1, 0, 1, 0]
    assert read("x,class\n1,NA\n2,none\n3,NA\n4,none\n").classes == ("NA", "none")


def test_in_a_column_of_numbers_they_are_missing_even_beside_a_stray_word() -> None:
    text = "x,y\n" + "".join(f"{k},{k * 1.5}\n" for k in range(20)) + "20,NA\n21,-\n22,oops\n"
    table = read(text)
    assert table.task == "regression" and len(table.y) == 20
    assert remark(table, "missing").count == 2 and remark(table, "stray_text").excerpt == "oops"
    assert "NA" not in read("x,y\n1,0\n2,1\n3,NA\n4,1\n5,0\n", task="classification").classes


def test_errors_of_a_spreadsheet_are_no_names() -> None:
    table = read("x,y\n1,a\n2,#N/A\n3,b\n4,a\n5,#DIV/0!\n6,b\n")
    assert table.classes == ("a", "b") and remark(table, "missing").count == 2


# ---- files as people have them ---------------------------------------------------------------------------------------

NUMBERED = range(1, 21)


def column(write: Callable[[int], str]) -> str:
    """A table of a column written in some way, one of other numbers, and a target of numbers."""
    return "a,b,y\n" + "".join(f"{write(k)},{k * k % 7},{k / 2}\n" for k in NUMBERED)


HOUSING = "".join(f" {k / 8:.5f}  {k * k % 7:5.2f}   {k % 2}  {k + 20:.1f}\n" for k in NUMBERED)


def test_any_number_of_spaces_separates_columns_as_in_the_housing_file() -> None:
    table = read(HOUSING)
    assert table.columns == ("column_1", "column_2", "column_3", "column_4") and table.task == "regression"
    assert table.x.tolist() == [[k / 8, k * k % 7, k % 2] for k in NUMBERED]
    assert table.y.tolist() == [k + 20 for k in NUMBERED]
    assert remark(table, "delimiter").excerpt == " "
    # with names, with tabs among the spaces, and with a quoted cell behind a tab, as in the file of cars
    table = read("crim zn chas medv\n" + HOUSING.replace("   ", "\t "))
    assert table.columns == ("crim", "zn", "chas", "medv") and len(table.y) == 20
    cars = "".join(f'18.{k}   8   {k * k % 90}.0\t"chevrolet {k}"\n' for k in NUMBERED)
    table = read(cars, target="column_1")
    assert len(table.columns) == 4 and remark(table, "text_column").excerpt == "chevrolet 1"
    assert read("a b\n1,5 2,5\n2,5 3\n4,5 9\n").x[:, 0].tolist() == [1.5, 2.5, 4.5]


@pytest.mark.parametrize(
    "text",
    [
        "a, b, y\n" + "".join(f"{k}, {k * k % 7}, {k / 2}\n" for k in NUMBERED),
        "a b,b,y\n" + "".join(f"2024-01-{k:02d} 12:00,{k * k % 7},{k / 2}\n" for k in NUMBERED),
        "a b;b;y\n" + "".join(f"1 234;{k * k % 7};{k / 2}\n" for k in NUMBERED),
        "name,b,y\n" + "".join(f'"Braund, Mr. Owen {k}",{k * k % 7},{k / 2}\n' for k in NUMBERED),
    ],
)
def test_spaces_within_cells_separate_nothing(text: str) -> None:
    table = read(text)
    assert len(table.columns) == 3 and table.y.tolist() == [k / 2 for k in NUMBERED]
    with pytest.raises(TableError) as error:
        read("a note on it\nand another\nnot a table\n")
    assert error.value.reason == "one_column"


def test_what_excel_says_of_its_separators_is_no_row() -> None:
    for first in ("sep=;", "SEP=;", '"sep=;"'):
        table = read(f"{first}\r\na;b\r\n1;0.5\r\n2;1.5\r\n3;4\r\n")
        assert (table.columns, table.y.tolist()) == (("a", "b"), [0.5, 1.5, 4])
        assert remark(table, "separator_line").excerpt.lower().strip('"') == "sep=;"
    # the line is counted
    assert remark(read("sep=;\na;b\n1;0.5\n;1.5\n3;4\n"), "missing").row == 4
    assert read("sep=:\na:b\n1:0.5\n2:1.5\n3:4\n").y.tolist() == [0.5, 1.5, 4]
    # what does not fit the rows is not believed
    assert read("sep=,\na;b\n1;0.5\n2;1.5\n3;4\n").y.tolist() == [0.5, 1.5, 4]


def test_lines_that_begin_with_a_number_sign_are_comments() -> None:
    table = read('# a title, and more\n\n# "sources\n' + GOOD + "# the end\n")
    assert np.array_equal(table.x, read(GOOD).x) and table.columns == read(GOOD).columns
    found = remark(table, "comments")
    assert (found.row, found.count) == (1, 3)
    assert remark(read("# one\n# two\n" + GOOD.replace("1.6", "")), "missing").row == 5, "as an editor counts"


def test_names_may_stand_in_a_comment_and_a_name_may_be_a_number_sign() -> None:
    for text in ("# x y\n1.5 2.5\n2.5 3.5\n4.5 1.5\n", "#x,y\n1.5,2.5\n2.5,3.5\n4.5,1.5\n"):
        table = read(text)
        assert (table.columns, len(table.y)) == (("x", "y"), 3), text
        assert remark(table, "comment_names").excerpt == "x" and "no_header" not in codes(table)
        assert read(text, header=False).columns == ("column_1", "column_2")
    table = read("#,name,hp\n" + "".join(f"{k},p{k},{k * 3}\n" for k in NUMBERED), inputs=["#"])
    assert table.columns == ("#", "name", "hp") and table.x[:, 0].tolist() == list(NUMBERED)
    # a file whose rows all begin with it has no comments
    table = read("".join(f"#ff{k:04d},{k},{k * k % 7}\n" for k in NUMBERED))
    assert len(table.y) == 20 and "comments" not in codes(table)


CITIES = "구,인구,면적\n" + "".join(f'구{k},"{k + 10},{100 + k}",{k / 2}\n' for k in NUMBERED)


@pytest.mark.parametrize("above", ["2023년 자치구별 현황,,\n", "2023년 자치구별 현황\n", "현황\n(단위: 명),\n\n"])
@pytest.mark.parametrize("below", ["", "자료: 통계청\n", "자료: 통계청,,\n※ 잠정,,\n"])
@pytest.mark.parametrize("total", ["", '합계,"400,000",105\n', '총 계,"400,000",105\n평균,"21,000",5\n'])
def test_titles_notes_and_sums_beside_a_table_are_none_of_its_rows(above: str, below: str, total: str) -> None:
    table, alone = read(above + CITIES + total + below), read(CITIES)
    assert table.columns == alone.columns == ("구", "인구", "면적")
    assert np.array_equal(table.x, alone.x) and np.array_equal(table.y, alone.y) and len(table.y) == 20
    assert (remark(table, "title").row, remark(table, "title").excerpt) == (1, above.split(",")[0].split("\n")[0])
    first_below = 2 + above.count("\n") + 20 + total.count("\n")
    assert [(r.row, r.count) for r in table.remarks if r.code == "notes"] == (
        [(first_below, below.count("\n"))] if below else []
    )
    assert sum(r.code == "sum_row" for r in table.remarks) == total.count("\n")


def test_a_row_of_sums_may_stand_first_and_one_that_sums_nothing_is_a_row() -> None:
    head, *rows = CITIES.splitlines(keepends=True)
    table = read(head + '합계,"400,000",105\n' + "".join(rows))
    assert len(table.y) == 20 and remark(table, "sum_row").row == 2
    # a name like that with numbers that cannot be sums, or one that recurs
    for last in ('합계,"10,000",0.1\n', '합계,"400,000",105\n' * 2 + '구99,"11,000",3\n'):
        assert "sum_row" not in codes(read(CITIES + last))


def test_a_first_row_with_one_name_is_no_title_without_names_below_it() -> None:
    table = read("name,,\n" + "".join(f"k{k},{k * k % 7},{k / 2}\n" for k in NUMBERED))
    assert table.columns == ("name", "column_2", "column_3") and len(table.y) == 20
    # a row too long or too short in the midst is a mistake and no note
    for wrong in ("1,2\n", "1,2,3,4\n", "note\n"):
        with pytest.raises(TableError) as error:
            read(GOOD + wrong + GOOD.partition("\n")[2])
        assert (error.value.reason, error.value.row) == ("ragged", 6)
    with pytest.raises(TableError) as error:
        read("a,b,c,d\n1,2,3\n2,3,5\n3,4,9\n")
    assert (error.value.reason, error.value.row, error.value.excerpt, error.value.limit) == ("ragged", 2, "3", 4)


def test_empty_columns_behind_the_last_are_no_target() -> None:
    table = read("a,b,y,,\n1,1,0.5,,\n2,4,1.0,,\n3,2,1.5,,\n")
    assert (table.columns, table.target, table.y.tolist()) == (("a", "b", "y"), "y", [0.5, 1, 1.5])
    assert remark(table, "empty_columns").count == 2 and "unnamed_column" not in codes(table)
    assert read("1.5,60,\n2.5,70.5,\n3.5,61,\n").columns == ("column_1", "column_2")
    assert read("a,b,y\n1,1,0.5,\n2,4,1.0,\n3,2,1.5,\n").target == "y"


@pytest.mark.parametrize("head", ["", "Unnamed: 0", "id", "번호"])
@pytest.mark.parametrize("first", [0, 1])
def test_what_only_counts_the_rows_is_an_input_only_if_it_is_chosen(head: str, first: int) -> None:
    text = f"{head},a,y\n" + "".join(f"{k + first},{k * k % 7},{k / 2}\n" for k in range(20))
    name, table = head or "column_1", read(text)
    assert table.features == ("a",) and remark(table, "index_column").column == name
    table = read(text, inputs=[name, "a"])
    assert table.features == (name, "a") and "index_column" not in codes(table)
    assert read(text, target="a", inputs=[name]).features == (name,)
    # what else counts, or is called so
    assert read(text.replace("\n5,", "\n7,")).features == (name, "a")
    assert read("age,a,y\n" + text.partition("\n")[2]).features == ("age", "a")
    # the only other column
    assert read(f"{head},y\n" + "".join(f"{k},{k / 2}\n" for k in range(20))).features == (name,)


@pytest.mark.parametrize(
    ("write", "number"),
    [
        (lambda k: f"{k}%", float),
        (lambda k: f"{k} %", float),
        (lambda k: f"{k}.5％", lambda k: k + 0.5),
        (lambda k: f"${k}.25", lambda k: k + 0.25),
        (lambda k: f'"$1,{k + 100}.50"', lambda k: 1100.5 + k),
        (lambda k: f'"₩{k},000"', lambda k: 1000 * k),
        (lambda k: f'"￦ {k},000"', lambda k: 1000 * k),
        (lambda k: f'"{k},000원"', lambda k: 1000 * k),
        (lambda k: f"-€{k}", lambda k: -k),
        (lambda k: f"${k}" if k != 5 else "6", lambda k: k if k != 5 else 6),
        (lambda k: f"({k})" if k % 4 == 0 else f"{k}", lambda k: -k if k % 4 == 0 else k),
        (lambda k: f"(${k})" if k % 4 == 0 else f"${k}", lambda k: -k if k % 4 == 0 else k),
    ],
)
def test_percent_currencies_and_brackets_are_read_in_columns_of_them(write, number) -> None:
    text = column(write)
    for table in (read(text), read(text, target="a")):
        values = table.x[:, 0] if table.target == "y" else table.y
        assert (table.task, values.tolist()) == ("regression", [number(k) for k in NUMBERED])
    marked = [k for k in NUMBERED if any(sign in write(k) for sign in "%％$₩￦€원")]
    if marked:
        assert remark(table, "symbols").count == len(marked)
    if "(" in text:
        found = remark(table, "brackets")
        assert (found.row, found.count, found.excerpt) == (5, 5, write(4))


def test_what_is_no_unit_of_its_column_is_a_stray_word() -> None:
    for odd, write in (("7", lambda k: f"{k}%"), ("7%", str), ("€7", lambda k: f"${k}"), ("5kg", str)):
        table = read(column(write) + f"{odd},1,9\n")
        found = remark(table, "stray_text")
        assert (found.row, found.excerpt, len(table.y)) == (22, odd, 20)
    # what all have is no minus
    assert remark(read(column(lambda k: f"({k})")), "text_column").excerpt == "(1)"
    # letters and digits are names: of a class, of a patient
    assert read("x,class\n" + "".join(f"{k},c{k % 3}\n" for k in NUMBERED)).classes == ("c0", "c1", "c2")


def test_true_and_false_are_numbers_as_input_and_classes_as_target() -> None:
    text = "a,b,y\n" + "".join(f"{k},{k % 3 == 0},{str(k % 2 == 0).upper()}\n" for k in NUMBERED)
    table = read(text)
    assert table.x[:, 1].tolist() == [k % 3 == 0 for k in NUMBERED] and remark(table, "flags").column == "b"
    assert table.classes == ("FALSE", "TRUE") and table.y.tolist() == [k % 2 == 0 for k in NUMBERED]
    assert read(text, task="classification").classes == ("FALSE", "TRUE")
    assert read(text, task="regression").y.tolist() == [k % 2 == 0 for k in NUMBERED]
    found = remark(read(text + "21,maybe,TRUE\n"), "stray_text")
    assert (found.row, found.column, found.excerpt) == (22, "b", "maybe")
    table = read(text + "21,True,maybe\n")
    assert table.classes == ("FALSE", "TRUE") and remark(table, "stray_text").row == 22
    assert read(text + "21,True,maybe\n", task="classification").classes == ("FALSE", "TRUE", "maybe")


@pytest.mark.parametrize("cell", ["<NA>", "-nan", "#NA", "-NaN", "#N/A N/A", "1.#QNAN", "NaT"])
def test_what_programs_write_for_nothing_is_missing_and_nobodys_name(cell: str) -> None:
    table = read(column(str) + f"{cell},3,4\n")
    assert len(table.y) == 20 and remark(table, "missing").excerpt == cell
    assert read(f"x,class\n1,a\n2,b\n3,{cell}\n4,a\n5,b\n").classes == ("a", "b")


@pytest.mark.parametrize("flags", [("0", "1"), ("False", "True")])
@pytest.mark.parametrize("target", [None, "c_setosa", "c_virginica"])
def test_columns_of_which_each_row_has_one_are_one_target(flags: tuple[str, str], target: str | None) -> None:
    kinds = ("c_setosa", "c_versicolor", "c_virginica")
    of = [(k * k + k // 4) % 3 for k in range(24)]
    rows = [f"{k},{k * k % 7},{k % 2}," + ",".join(flags[kind == j] for j in range(3)) for k, kind in enumerate(of)]
    text = "x1,x2,x3," + ",".join(kinds) + "\n" + "\n".join(rows)
    table = read(text, target=target)
    assert (table.task, table.classes, table.features) == ("multiclass", kinds, ("x1", "x2", "x3"))
    assert table.y.tolist() == of and table.target == (target or kinds[-1])
    assert remark(table, "one_hot").count == 3
    # of a target that is another column they are inputs, and of one that is read by itself
    assert read(text, target="x1").features == ("x2", "x3", *kinds)
    alone = read(text, target=target, task="classification")
    assert len(alone.classes) == 2 and len(alone.features) == 5 and "one_hot" not in codes(alone)
    assert read(text, target=target, task="regression").y.tolist() == [kind == kinds.index(table.target) for kind in of]
    # one row with two, or with none
    for first, second in ((0, 1), (1, 1)):
        other = text.replace(rows[4], rows[4].rsplit(",", 3)[0] + "," + ",".join(flags[j] for j in (first, second, 1)))
        assert "one_hot" not in codes(read(other, target=target)), other
    # a gap costs its row
    gap = read(text.replace(rows[4], rows[4].rsplit(",", 1)[0] + ","), target=target)
    assert gap.classes == kinds and gap.y.tolist() == of[:4] + of[5:]


def test_columns_that_are_no_one_hot_target_stay_apart() -> None:
    # too few rows to know, the other column the only input, and an exclusive or
    assert "one_hot" not in codes(read("a,b,c\n1,0,1\n2,1,0\n3,0,1\n4,1,0\n"))
    table = read("a,b\n" + "0,1\n1,0\n" * 10)
    assert table.features == ("a",) and "one_hot" not in codes(table)
    assert "one_hot" not in codes(read("a,b,c\n" + "0,0,0\n0,1,1\n1,0,1\n1,1,0\n" * 5))
    found = read("x,a,b\n" + "".join(f"{k},{k % 2},{1 - k % 2}\n" for k in range(20)))
    assert found.classes == ("a", "b") and found.features == ("x",)


def test_numbers_of_twenty_digits_are_not_said_to_be_the_same() -> None:
    first = 12345678901234567891
    text = "id,x,y\n" + "".join(f"{first + k},{k * k % 7},{k / 2}\n" for k in range(20))
    table = read(text)
    found = remark(table, "equal_as_floats")
    assert (found.column, found.excerpt) == ("id", str(first)) and "constant_column" not in codes(table)
    table = read(text, target="id", task="classification")
    assert table.classes == tuple(str(first + k) for k in range(20)), "and not the nearest float"
    for same in ("1.0", "1.00000000000000000", "1"):
        assert remark(read(f"a,x,y\n1,2,3\n{same},4,5.5\n1,5,9\n"), "constant_column").column == "a"


def test_a_list_of_classes_that_is_cut_says_so() -> None:
    names = [f"a class with a long name {k}" for k in range(3)]
    text = "x,class\n" + "".join(f"{k},{names[k % 3]}\n" for k in range(12))
    said = remark(read(text), "target_classes")
    assert (said.excerpt, said.count) == (f"{names[0]}, …", 3)
    for names in (["a"], ["a", "b"], ["x" * 99], ["x" * 99, "y"], [str(k) for k in range(60)], ["x" * 38, "y" * 2]):
        text = name_list(names)
        whole = text == ", ".join(names)
        assert len(Remark("target_classes", excerpt=text).excerpt) <= 40 and (whole or text.endswith("…")), names
    assert TableError("one_class", excerpt="x" * 41).excerpt == cut("x" * 41) and cut("x" * 40) == "x" * 40


# ---- whatever the bytes are ----------------------------------------------------------------------------------------


def check(data: bytes, task: str | None = None, otherwise: int = 0) -> None:
    """What holds for any bytes; the same as under the fuzzer. otherwise: of nine ways to read header and sign."""
    check_table(bytes([TASKS.index(task) + 3 * otherwise]) + data)


CELLS = st.sampled_from(
    [
        "",
        "1",
        "2",
        "-3.5",
        "1,5",
        "1.234,5",
        "1,234",
        "NaN",
        "inf",
        "1e400",
        "=1+1",
        "a",
        "나",
        '"',
        '"x"',
        "\x00",
        " ",
        "∞",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-9, 9), st.floats(-2000, 2000), st.floats(0, 1)), min_size=8, max_size=30, unique_by=str
    ),
    st.integers(0, 2),
    st.data(),
    st.sampled_from([",", ";", "\t"]),
)
def test_one_word_in_a_file_of_numbers_costs_its_row_and_nothing_else(rows, column: int, draw, delimiter: str) -> None:
    place = draw.draw(st.integers(0, len(rows) - 1))
    word = draw.draw(st.sampled_from(["oops", "7..4", "#", "측정불가", "1 2", "12.5kg", "2024-01-02", "0.1.2"]))
    cells = [list(map(repr, row)) for row in rows]
    without = "\n".join(map(delimiter.join, [["a", "b", "c"], *cells[:place], *cells[place + 1 :]]))
    cells[place][column] = word
    within = "\n".join(map(delimiter.join, [["a", "b", "c"], *cells]))
    for task in (None, "regression"):
        try:
            wanted = read(without, task=task)
        except TableError as error:
            with pytest.raises(TableError) as also:
                read(within, task=task)
            assert also.value.reason == error.reason
            continue
        table = read(within, task=task)
        assert (table.features, table.target, table.task) == (wanted.features, wanted.target, wanted.task)
        assert np.array_equal(table.x, wanted.x) and np.array_equal(table.y, wanted.y)
        said = Remark("stray_text", place + 2, "abc"[column], word, 1)
        assert sorted(map(str, table.remarks)) == sorted(map(str, (*wanted.remarks, said)))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 99), st.floats(0, 1), st.floats(0, 9)), min_size=8, max_size=30, unique_by=str),
    st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_whatever_signs_the_columns_have_the_numbers_are_the_same(rows, commas: list[bool]) -> None:
    # three decimals alone may as well be thousands, which no reader can tell
    numbers = [[f"{value:.2f}" for value in row] for row in rows]
    assume(all(len({row[k] for row in numbers}) > 1 for k in range(3)))
    cells = [[v.replace(".", ",") if comma else v for v, comma in zip(row, commas, strict=True)] for row in numbers]
    table = read("a;b;c\n" + "\n".join(map(";".join, cells)), task="regression")
    assert np.column_stack([table.x, table.y]).tolist() == [list(map(float, row)) for row in numbers]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_an_error(data: bytes) -> None:
    check(data)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='0123456789.,;\t\n\r"-+eE aNn가=', max_size=120), st.sampled_from(["utf-8", "utf-16", "cp949"]))
def test_any_text_is_a_table_or_an_error(text: str, encoding: str) -> None:
    check(text.encode(encoding))


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=8)),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([None, "regression", "classification"]),
    st.integers(0, 8),
)
def test_any_cells_are_a_table_or_an_error(rows: list[list[str]], delimiter: str, task, otherwise: int) -> None:
    check("\n".join(map(delimiter.join, rows)).encode(), task, otherwise)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.floats(-1e100, 1e100), min_size=3, max_size=3), min_size=3, max_size=9, unique_by=lambda r: r[0]
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_numbers_come_back_as_they_were_written(rows: list[list[float]], delimiter: str) -> None:
    assume(all(len({row[i] for row in rows}) > 1 for i in (1, 2)))
    text = "\n".join([delimiter.join("abc"), *(delimiter.join(map(repr, row)) for row in rows)])
    table = read(text, target="a", task="regression")
    # differences so small that they vanish beside each other are no reason to leave a column out
    assert np.column_stack([table.y, table.x]).tolist() == rows


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n" + b"1,2\n" * 1_249_000,
        b"," * 4_999_999,
        b"1\n" * 2_400_000,
        b'"' * 4_999_999,
        b"a;b\n" + b"9" * 4_999_000,
        ("a,b\n" + "".join(f"{i / 7:.14g},{i}\n" for i in range(40_000))).encode() + b"1,2\n" * 9_000,
        b"\n".join([b",".join(b"%d" % (i % 10) for i in range(200))] * 12_400),
        ("\U0001f600,b\n" + "1,x\n" * 49_000).encode(),
        "a,b\n".encode("utf-16") + "가,나\n".encode("utf-16-le") * 50_000,
    ],
    ids=["rows", "columns", "lines", "quotes", "digits", "numbers", "full", "emoji", "utf-16"],
)
def test_the_largest_files_cost_bounded_time_and_memory(data: bytes) -> None:
    assert len(data) <= LIMITS["too_large"]
    start = time.process_time()
    check(data)
    assert time.process_time() - start < 20, "seconds; it takes one or two where nothing else runs"


def test_the_largest_table_costs_bounded_memory() -> None:
    data = b"a,b\n" + b"".join(b"%d.%d,%d\n" % (i, i * 7919, i) for i in range(49_000))
    tracemalloc.start()
    check(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * len(data)
