"""An AWS to try things on: the embedded cloud, sample functions and a sample repository."""
