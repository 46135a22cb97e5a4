"""What is offered: offers, profiles and their versions, authorities and their generations."""
