"""Drawing as pure functions: rows and size in, strips out; tested without an app."""
