"""Pages of applicants, of instructors and of rights."""
