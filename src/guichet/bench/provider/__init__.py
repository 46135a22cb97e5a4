"""An OpenID Connect provider in the shape of Pro Santé Connect, for the demo and the sandbox.

What browsers meet is on GUICHET_OIDC_PORT; what a client's server calls is under /psc/ of the
bench, where it presents its certificate. Both are of one process: codes and tokens are in memory.
"""
