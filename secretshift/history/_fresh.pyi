from mmap import mmap

SOURCE: str

def fresh(
    content: bytes, delta: bytes, table: mmap, k0: int, k1: int, /
) -> list[tuple[int, int, int, bytes]]: ...
def learn(table: mmap, lines: bytes, spans: list[tuple[int, int]], /) -> None: ...
