"""The command line: arguments in, journeys called, results printed. Nothing else happens here."""
