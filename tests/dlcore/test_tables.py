"""A reader's own table: any file is a table of finite numbers and what was done to it, or an error with its place."""

import io
import time
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlcore.table_errors import CODES, LIMITS, REASONS, Remark, TableError
from dlcore.tables import Table, read_csv, with_any_target
from tools.fuzz_targets.table import TASKS, check_table

GOOD = "height,weight,score\n1.5,60,7.25\n1.6,70,8.5\n1.7,65,9.125\n1.8,90,3\n"


def read(text: str, *given, **named) -> Table:
    return read_csv(text.encode(), *given, **named)


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


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949", "euc-kr"])
def test_separators_line_ends_and_encodings_do_not_change_the_table(delimiter: str, end: str, encoding: str) -> None:
    text = GOOD.replace("score", "점수").replace(",", delimiter).replace("\n", end)
    data = text.encode(encoding)
    table = read_csv(data)
    assert np.array_equal(table.x, read(GOOD).x) and np.array_equal(table.y, read(GOOD).y)
    assert table.target == "점수"
    said = {r.code: r.found for r in table.remarks}
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
    assert (found.row, found.column, found.found) == (2, "a", cell.strip('"'))


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
    assert (found.row, found.column, found.found, found.count) == (2, "a", cell[:40], 1)
    assert table.features == ("b",)


@pytest.mark.parametrize("cell", ["1", "+1", "1.", "1.0", "01", "1e0", " 1 ", "10E-1"])
def test_one_is_written_in_many_ways(cell: str) -> None:
    assert read(f"a,b\n{cell},2\n3,5.5\n5,9\n").x[0, 0] == 1


def test_without_a_header_the_columns_are_numbered() -> None:
    table = read("1.5,60\n2.5,70.5\n3.5,61\n")
    assert table.columns == ("column_1", "column_2") and len(table.y) == 3
    assert remark(table, "no_header").found == "1.5"
    assert len(read("7,Korea\n8,Korea\n9,Japan\n", task="classification").y) == 3


def test_a_column_without_a_name_is_numbered_and_empty_columns_fall_away() -> None:
    table = read(",b,,c\n0.5,1,,2\n1,2,,3\n4,4,,9,,\n,,,\n\n")
    assert table.features == ("column_1", "b")
    assert [r.column for r in table.remarks if r.code == "unnamed_column"] == ["column_1", "column_3"]
    empty = remark(table, "mostly_missing")
    assert (empty.column, empty.count) == ("column_3", 3)


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
    assert [(r.column, r.found, r.count) for r in table.remarks] == [("name", "Kim", 3), ("date", "2024-01-02", 2)]
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
    assert {r.found for r in table.remarks if r.code == "constant_column"} == {"7", "1"}


def test_formulas_are_text_and_never_evaluated() -> None:
    table = read('a,b,c\n"=1+1",1,3.5\n"=cmd|\' /C calc\'!A0",2,4\n@SUM(A1),4,9\n')
    assert remark(table, "text_column").found == "=1+1" and table.features == ("b",)
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
        assert remark(table, "target_classes").found == ", ".join(classes)


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
    ("too_large", b"1" * (LIMITS["too_large"] + 1), {}, {"found": "5000001", "limit": 5_000_000}),
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
    ("class_too_long", b"a,b\n1,x\n2," + b"y" * 101, {}, {"column": "b", "found": "y" * 40, "limit": 100}),
    ("too_many_rows", b"a,b\n" + b"1,2\n" * (LIMITS["too_many_rows"] + 1), {}, {"limit": 50_000}),
    ("too_many_columns", b"1" + b",1" * LIMITS["too_many_columns"], {}, {"row": 1, "found": "201", "limit": 200}),
    ("name_too_long", b"a," + b"b" * 101 + b"\n1,2\n", {}, {"row": 1, "found": "b" * 40, "limit": 100}),
    ("duplicate_header", b"a, b,b \n1,2,3\n", {}, {"row": 1, "column": "b", "found": "b"}),
    ("one_column", b"a\n1\n2\n", {}, {}),
    ("ragged", b"a,b\n1,2\n1,2,3\n", {}, {"row": 3, "found": "3", "limit": 2}),
    ("ragged", b"a,b,c\n\n1,2\n", {}, {"row": 3, "found": "2", "limit": 3}),
    ("unknown_column", b"a,b\n1,2\n", {"target": "c"}, {"found": "c", "choices": ("a", "b")}),
    ("unknown_column", b"a,b\n1,2\n", {"inputs": ["z"]}, {"found": "z", "choices": ("a",)}),
    ("unknown_column", b"a,b\n1,2\n", {"inputs": ["b"]}, {"found": "b", "choices": ("a",)}),
    ("no_rows", b"a,b\n", {}, {}),
    ("one_row", b"a,b\n1,2\n", {}, {"row": 2}),
    ("one_row", b"a,b\n1,2\n2,\n", {}, {"row": 2}),
    ("all_missing", b"a,b\n1,\n,2\n3,\n4,?\n5,\n", {}, {"row": 2, "column": "b", "found": ""}),
    ("all_missing", b"a,b\n1,inf\n2,inf\n", {}, {"row": 2, "column": "b", "found": "inf"}),
    ("no_inputs", b"a,b\nx,1\ny,2\nz,4\n", {}, {}),
    ("no_inputs", b"a,b\n1,1\n1,2\n1,4\n", {}, {}),
    ("no_inputs", b"a,b\n1,1\n2,2\n1,4\n", {"inputs": []}, {}),
    ("target_text", b"a,b\n1,1\n2,two\n", {"task": "regression"}, {"row": 3, "column": "b", "found": "two"}),
    ("constant_target", b"a,b\n1,7\n2,7\n", {}, {"column": "b", "found": "7"}),
    ("one_class", b"a,b\n1,yes\n2,yes\n", {}, {"column": "b", "found": "yes"}),
    ("one_class", b"a,b\n1,7\n2,7\n", {"task": "classification"}, {"column": "b", "found": "7"}),
    ("too_many_classes", MANY.encode(), {}, {"column": "b", "found": "k0", "limit": 50}),
]


@pytest.mark.parametrize(
    ("reason", "data", "named", "facts"), REFUSED, ids=[f"{i}-{r[0]}" for i, r in enumerate(REFUSED)]
)
def test_what_is_no_usable_table_is_refused_with_the_reason_and_the_place(reason, data, named, facts) -> None:
    with pytest.raises(TableError) as error:
        read_csv(data, **named)
    assert error.value.reason == reason
    nowhere = {"row": None, "column": None, "found": "", "limit": LIMITS.get(reason), "choices": ()}
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
        (TableError("unknown_column", found="hight", choices=("height", "b")), "height, b; did you mean 'height'?"),
        (TableError("unknown_column", found="zzz", choices=("height", "b")), "no column is called 'zzz'; choose from"),
        (TableError("empty"), "there is nothing in this file"),
        (Remark("missing", 7, "a", "NA", 2), "row 7, column 'a': 2 rows were left out"),
        (Remark("delimiter", found=";"), "the columns are separated by ';'"),
    ],
)
def test_errors_and_remarks_can_be_read(error, words: str) -> None:
    assert words in str(error)


def test_every_code_and_reason_makes_a_sentence() -> None:
    assert all("{" not in str(Remark(code)) for code in CODES)
    assert all("{" not in str(TableError(reason)) for reason in REASONS)
    assert len(Remark("missing", found="x" * 99).found) == 40 and isinstance(CODES, frozenset)


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
    assert (found.row, found.found) == (1, "2019") and "no_header" not in codes(table)


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
    assert remark(table, "no_header").found == "a", "and not a number, which the row does not have"
    assert {r.column: (r.row, r.found) for r in table.remarks if r.code == "stray_text"} == {
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
    assert remark(table, "decimal_comma").found == "10,5"
    said = remark(table, "decimal_point")
    assert (said.row, said.column, said.found) == (2, "ratio", "0.110")


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
    assert (found.row, found.column, found.found, found.count) == (6, "b", "7,4", 1)


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
    assert (found.row, found.found, found.count) == (9, "low", 3)


def test_a_word_that_recurs_as_the_numbers_do_is_one_of_the_classes() -> None:
    table = read("a,b\n" + "".join(f"{k},{('1', '2', '3', '4', '5+')[k % 5]}\n" for k in range(50)))
    assert table.classes == ("1", "2", "3", "4", "5+") and len(table.y) == 50


def test_too_many_classes_name_the_row_of_the_words_among_numbers() -> None:
    text = "a,b\n" + "".join(f"{k},{k}.5\n" for k in range(100))
    for data, row in ((text.replace(",7.5\n", ",seven\n"), 9), (stray(2, "x").replace("x1,x2", "a,b"), 21)):
        with pytest.raises(TableError) as error:
            read(data, task="classification")
        assert (error.value.reason, error.value.row) == ("too_many_classes", row)
        assert error.value.found in ("seven", "x")


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
    assert (said.row, said.column, said.found, said.count) == (4, "region", name, 5)
    missing = remark(table, "missing")
    assert (missing.row, missing.found, missing.count) == (5, "", 5)


def test_plus_and_minus_are_two_classes() -> None:
    table = read("x,class\n1,+\n2,-\n3,+\n4,-\n5,+\n")
    assert table.classes == ("+", "-") and table.y.tolist() == [0, 1, 0, 1, 0]
    assert read("x,class\n1,NA\n2,none\n3,NA\n4,none\n").classes == ("NA", "none")


def test_in_a_column_of_numbers_they_are_missing_even_beside_a_stray_word() -> None:
    text = "x,y\n" + "".join(f"{k},{k * 1.5}\n" for k in range(20)) + "20,NA\n21,-\n22,oops\n"
    table = read(text)
    assert table.task == "regression" and len(table.y) == 20
    assert remark(table, "missing").count == 2 and remark(table, "stray_text").found == "oops"
    assert "NA" not in read("x,y\n1,0\n2,1\n3,NA\n4,1\n5,0\n", task="classification").classes


def test_errors_of_a_spreadsheet_are_no_names() -> None:
    table = read("x,y\n1,a\n2,#N/A\n3,b\n4,a\n5,#DIV/0!\n6,b\n")
    assert table.classes == ("a", "b") and remark(table, "missing").count == 2


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
