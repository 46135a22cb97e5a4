"""What a certificate or a list says, and which keys and requests it is made from."""
