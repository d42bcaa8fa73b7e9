"""What is kept between two runs: the workspace folder, the fingerprint key, the journal."""
