"""A reader's own table: any file is a table of finite numbers and what was done to it, or an error with its place."""

import io
import time
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlcore.tables import CODES, LIMITS, REASONS, Remark, Table, TableError, read_csv, with_any_target
from tools.fuzzed import TASKS, check_table

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


# ---- whatever the bytes are ----------------------------------------------------------------------------------------


def check(data: bytes, task: str | None = None) -> None:
    """What holds for any bytes; the same as under the fuzzer."""
    check_table(bytes([TASKS.index(task)]) + data)


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
)
def test_any_cells_are_a_table_or_an_error(rows: list[list[str]], delimiter: str, task) -> None:
    check("\n".join(map(delimiter.join, rows)).encode(), task=task)


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
