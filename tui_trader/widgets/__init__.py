"""The live panes: each takes the scene, draws rows, and repaints what differs."""
