"""Reference pages drawn from the code, as Markdown; one module a page, `pages` gathers them."""
