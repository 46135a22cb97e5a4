"""Words of refusals, one module per matter; web.refusal_texts gathers them."""
