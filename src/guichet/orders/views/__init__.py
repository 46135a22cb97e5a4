"""Pages of orders, products, groups, incidents and the inventory."""
