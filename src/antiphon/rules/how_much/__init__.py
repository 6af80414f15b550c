"""How much may a seat say? The smallest allowance of all rules holds."""
