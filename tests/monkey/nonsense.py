"""What a monkey types, brings as a file and puts into an address: the odd, the huge, the foreign and the broken."""

NUMBERS = ("nan", "-inf", "1e999", "-1e-300", "9" * 400, "0", "-0.0", "0,5", "１２", "٣", "1_000", "0x1f", "", " ")
TEXTS = (
    *(
        "",
        " ",
        "가나다",
        "אבג ומה הלאה",
        "مرحبا ١٢٣",
        "😀" * 30,
        "a\nb",
        "a\x00b",
        "\u202eabc",
        "e\u0301" * 9,
        "\ufeff1",
    ),
    *("<script>alert(1)</script>", "**a** `b` $c$ :red[d]", "{{name}}", "{0}", "%s", "'; --", "../../etc", "A" * 1500),
)
FORMULAS = (
    *("x**2 + y**2", "x**2", "y", "3", "1/x", "log(x)", "sqrt(-1 - x**2)", "exp(exp(exp(x*9)))", "x**20 * y**20"),
    *("abs(x) - abs(y)", "-x**4 - y**4", "x**x", "1e308*x*x + y", "sin(1/x) + y", "x +", "x + 가", "９", "x^2"),
)
ROWS = (
    *("1, 2; 3, 4", "0", "0, 0, 0", "1, 1, 1, 1", "-1, 0.5", "1e9, -1e9", "1e-300, 1e-300", "5; 5; 5", ";", ", ,"),
    *("1, 0, 1, 0", "0, 1, 0, 1", "1, 0", "0.5, 0.5", "0, 1, 2", "1, 0, 0; 0, 1, 0; 0, 0, 1", "0.3, 0.3, 0.4", "2, x"),
    *("0, 0, 1; 1, 1, 0; 0.5, -1.5, 2", "0, 0, 1; 0, 0, 0", "9, 9, 1", "1, 2, 3; 4", "−1, 2", "1e-9; 2e-9"),
)
NETS = (
    *(
        "0",
        "1",
        "512",
        "12-8",
        "4:tanh:d0.5",
        "3:b",
        "12, 8",
        "-5",
        "8:",
        "8:l1=1",
        "8:l2=0.0000001",
        "1-1-1-1-1-1-1-1",
        "513",
        "-",
        "4:d1",
    ),
    *("4:he_normal:sigmoid", "4:zeros", "64-32:relu:d0.9:b:l2=1", "８", "4 - 4", "4–4", "0-0", "4:l1=1.", "4:nobody"),
)
CODES = ("7K3M-9QX2-41TD", "7K3M-9QX2-41TD\n7k3m 9qx2 41td, AAAA-BBBB-CCCC", "-" * 99, "0000-0000-0000")
TYPED = (*NUMBERS, *TEXTS, *FORMULAS, *ROWS, *NETS, *CODES)

_LINES = [f"{k},{k * k % 7},{'yes' if k % 3 else 'no'}" for k in range(24)]
_SOUND = "\n".join(["a,b,y", *_LINES])
FILES: dict[str, bytes] = {
    "sound": _SOUND.encode(),
    "empty": b"",
    "one letter": b"x",
    "blank lines": b"\n\n \n",
    "marked as UTF-8": b"\xef\xbb\xbf" + _SOUND.encode(),
    "ends of lines of Windows": _SOUND.replace("\n", "\r\n").encode(),
    "ends of lines of old": _SOUND.replace("\n", "\r").encode(),
    "semicolons and decimal commas": b"a;b;y\n" + b"\n".join(b"%d,5;%d;%d" % (k, k % 5, k % 2) for k in range(20)),
    "tabs": _SOUND.replace(",", "\t").encode(),
    "spaces": _SOUND.replace(",", "   ").encode(),
    "bars": _SOUND.replace(",", "|").encode(),
    "what Excel says": b"sep=;\n" + _SOUND.replace(",", ";").encode(),
    "comments": b"# a title\n# a, b\n" + _SOUND.encode(),
    "a title and a sum": f"현황,,\na,b,y\n{chr(10).join(_LINES)}\n합계,276,yes\n자료: 없음,,\n".encode(),
    "units": ("a,b,y\n" + "\n".join(f'{k}%,"₩{k},000",{k % 2 == 0}' for k in range(1, 25))).encode(),
    "one-hot": b",a,y_1,y_2,y_3\n"
    + b"\n".join(b"%d,%d,%d,%d,%d" % (k, k * k % 7, *(k % 3 == j for j in range(3))) for k in range(24)),
    "long numbers": b"a,b,y\n" + b"\n".join(b"%d,%d,%d" % (10**19 + k, k, k % 2) for k in range(20)),
    "quotes": b'"a ""1""","b,c",y\n' + b"\n".join(b'"%d","%d","q"' % (k, k % 4) for k in range(9)) + b'\n"9","1","r"',
    "a quote left open": b'a,b,y\n1,2,"3\n4,5,6\n7,8,9',
    "one column": b"y\n" + b"\n".join(b"%d" % k for k in range(9)),
    "not a number": b"a,b,y\n"
    + b"\n".join(b"%d,%s,%d" % (k, [b"nan", b"NaN", b"", b"3"][k % 4], k % 2) for k in range(24)),
    "huge": b"a,b,y\n" + b"\n".join(b"%de300,%de-300,%d" % (k, k, k % 2) for k in range(20)),
    "large targets": b"a,y\n" + b"\n".join(b"%d,%de90" % (k, k * k) for k in range(20)),
    "infinite": b"a,b,y\n" + b"\n".join(b"%d,%s,%d" % (k, b"inf" if k % 5 == 0 else b"2", k % 2) for k in range(20)),
    "constant columns": b"a,b,y\n" + b"\n".join(b"1,2,%d" % (k % 2) for k in range(20)),
    "nearly constant": b"a,b,y\n" + b"\n".join(b"%.17f,2,%d" % (1 + k * 1e-16, k % 2) for k in range(20)),
    "one target": b"a,b,y\n" + b"\n".join(b"%d,2,5" % k for k in range(20)),
    "two rows": b"a,y\n1,0\n2,1\n",
    "Korean Excel": (
        "나이,키,합격\n" + "\n".join(f"{k},{k % 7},{'예' if k % 3 else '아니오'}" for k in range(20))
    ).encode("euc-kr"),
    "UTF-16": _SOUND.encode("utf-16"),
    "from right to left": ("גיל,عمر,y\n" + "\n".join(f"{k},{k % 4},{k % 2}" for k in range(20))).encode(),
    "names that are markup": b"**a**,`b`,$y$\n" + b"\n".join(b"%d,%d,<b>%d</b>" % (k, k % 4, k % 2) for k in range(20)),
    "names twice": b"a,a,a\n" + b"\n".join(b"%d,%d,%d" % (k, k % 3, k % 2) for k in range(20)),
    "names of the page": b"epoch,target,loss\n" + b"\n".join(b"%d,%d,%d" % (k, k % 3, k % 2) for k in range(20)),
    "rows of many lengths": b"a,b,y\n" + b"\n".join(b",".join([b"1"] * (k % 6)) for k in range(20)),
    "a class each": b"a,y\n" + b"\n".join(b"%d,n%d" % (k, k) for k in range(40)),
    "bytes": bytes(range(256)) * 8,
    "a zip": b"PK\x03\x04" + bytes(range(256)) * 4,
    "51,000 rows": b"a,y\n" + b"1,2\n3,4\n" * 25_500,
    "300 columns": b",".join(b"c%d" % k for k in range(300))
    + b"\n"
    + b"\n".join(b",".join(b"%d" % ((k * j) % 7) for j in range(300)) for k in range(6)),
    "NULs": b"a,b,y\n1,\x00,0\n2,3,1\n",
}
"""Tables, by what is wrong with them; the first is in order."""
