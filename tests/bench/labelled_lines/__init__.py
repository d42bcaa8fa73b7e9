"""Lines of public repositories with their labels, and what the program says of them."""
