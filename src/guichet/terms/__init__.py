"""What people agree to: terms of use, policy, practice statement, version by version."""
