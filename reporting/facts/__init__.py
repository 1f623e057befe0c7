"""Facts: one narrow row for each decision, of a live case or of an imported row; and the sources that they have."""
