"""What the relay costs, beside the least that it could cost and beside other bridges; see README.md."""
