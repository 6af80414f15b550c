"""What can speak for a seat: one provider a file, and painters beside them."""
