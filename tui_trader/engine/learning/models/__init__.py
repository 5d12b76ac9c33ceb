"""Models that learn, one file each; the registry names them."""
