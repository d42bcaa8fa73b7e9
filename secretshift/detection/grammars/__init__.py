"""How credentials are wrapped: in addresses, headers, JSON, PEM, and lines of files."""
