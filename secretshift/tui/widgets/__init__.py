"""Parts of screens. They take view models and post intentions; they know no cloud and no file."""
