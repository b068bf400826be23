"""What a visitor brings that can be told from all else, so that one can look for it where it must not be."""

import struct

MARK, NUMBER = "zebra_secret", 91.73501
TABLE = f"{MARK}_a,{MARK}_b,{MARK}_y\n" + "".join(
    f"{NUMBER if k == 3 else k},{k * k % 7},{MARK}_{'yes' if k % 3 else 'no'}\n" for k in range(40)
)


def packed(number: str) -> tuple[bytes, ...]:
    """A number as it may stand in bytes: written, or as arrays and pickles have it."""
    return (number.encode(), *(struct.pack(order, float(number)) for order in ("<d", ">d")))
