"""The journeys that every view shares: request in, events out, result back. They ask nothing."""
