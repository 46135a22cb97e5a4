"""What pages of all apps share: components, forms, refusals in words, tables, metrics."""
