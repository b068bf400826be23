"""Names that anyio and http.client import; a page has no sockets and nothing to encrypt, and the real one is 0.9 MB."""


class SSLError(OSError):
    """Never raised."""


class SSLWantReadError(SSLError): ...


class SSLWantWriteError(SSLError): ...


class SSLEOFError(SSLError): ...


class SSLZeroReturnError(SSLError): ...


class SSLSyscallError(SSLError): ...


class CertificateError(SSLError): ...


class SSLContext: ...


class SSLObject: ...


class MemoryBIO: ...
