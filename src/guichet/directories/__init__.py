"""Registers of companies, health sites and cards, without Django: file readers and on-line client.

The registers are public copies; what they say is evidence shown to people, never a proof alone.
"""
