"""A phone that listens to a room is an open file, as any connection is; many systems allow a process 1,024 of them."""

try:
    import resource
except ImportError:
    # Windows has no such limit
    resource = None

MOST = 16_384


def allow_open_files() -> int:
    """How many this process may have from now on: as many as it may give itself, up to MOST; 0 where nobody counts."""
    if resource is None:
        return 0
    now, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if highest == resource.RLIM_INFINITY else min(MOST, highest)
    if now == resource.RLIM_INFINITY or now >= wanted:
        return now
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))
    return wanted
