"""What is kept on disk: the home directory, its locks, and the journal in SQLite."""
