"""The drawn world: scenes with their pictures, captions and truth."""
