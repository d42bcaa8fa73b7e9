"""Pure functions that turn what the session holds into what screens show."""
