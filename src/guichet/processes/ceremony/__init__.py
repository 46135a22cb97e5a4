"""Key ceremonies: a plan, rehearsed, held step by step before officers, told by a transcript."""
