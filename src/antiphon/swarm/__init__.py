"""Many rooms under one budget: who runs when, what each may spend, what became of them. It knows no screen."""
