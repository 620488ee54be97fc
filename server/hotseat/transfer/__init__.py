"""Taking interviews out, putting them back, and removing them."""
