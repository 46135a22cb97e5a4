"""The certification authorities: their keys, their queue of signatures, their lists."""
