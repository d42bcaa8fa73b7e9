"""Other people's detectors, behind what the judge understands."""
