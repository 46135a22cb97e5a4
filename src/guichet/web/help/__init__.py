"""The help: answers to questions, by topic, and the glossary; both languages kept side by side."""
