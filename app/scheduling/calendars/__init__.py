"""Other people's calendar files: what they keep busy, and nothing else of them."""
