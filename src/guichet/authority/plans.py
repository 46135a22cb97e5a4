"""A certificate's plan as it is stored with the intent: what is signed is what was stored."""

from datetime import datetime
from typing import Any

from guichet.x509 import names
from guichet.x509.certificate import Extension, Plan


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan as a JSON value; octets in hexadecimal, instants in ISO 8601."""
    return {
        "serial": f"{plan.serial:x}",
        "issuer": plan.issuer.hex(),
        "authority_key_id": plan.authority_key_id.hex(),
        "subject": names.to_json(plan.subject),
        "spki": plan.spki_der.hex(),
        "not_before": plan.not_before.isoformat(),
        "not_after": plan.not_after.isoformat(),
        "extensions": [[e.oid, e.critical, e.der.hex()] for e in plan.extensions],
    }


def from_json(value: dict[str, Any]) -> Plan:
    """The very plan that was stored."""
    return Plan(
        serial=int(value["serial"], 16),
        issuer=bytes.fromhex(value["issuer"]),
        authority_key_id=bytes.fromhex(value["authority_key_id"]),
        subject=names.from_json(value["subject"]),
        spki_der=bytes.fromhex(value["spki"]),
        not_before=datetime.fromisoformat(value["not_before"]),
        not_after=datetime.fromisoformat(value["not_after"]),
        extensions=tuple(
            Extension(oid, critical=critical, der=bytes.fromhex(encoded))
            for oid, critical, encoded in value["extensions"]
        ),
    )
