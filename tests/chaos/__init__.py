"""What dies, fails or goes missing breaks no promise: every boundary once, and seeded random worlds."""
