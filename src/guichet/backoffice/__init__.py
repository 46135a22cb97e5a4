"""The back office: what operators, supervisors, officers, support and auditors see and do."""
