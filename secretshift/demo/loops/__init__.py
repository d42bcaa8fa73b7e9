"""Programs that run as a function's process: the Runtime API loops. Nothing imports them."""
