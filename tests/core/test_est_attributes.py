"""What a request should hold, as another reader of RFC 8951 and RFC 9908 understands it."""

from urllib.parse import unquote

import pytest
from pyasn1.codec.der.decoder import decode
from pyasn1_alt_modules import rfc5280, rfc8951, rfc9908

from guichet.domain.est import attributes, labels
from guichet.domain.est.labels import Label
from guichet.domain.refusals import Code
from kit.refusals import assert_refused

EXTENSIONS = "1.2.840.113549.1.9.14"
PARTIAL = "1.2.840.113549.1.9.16.2.62"
SAN, USAGE, COMMON_NAME = "2.5.29.17", "2.5.29.37", "2.5.4.3"


@pytest.mark.parametrize(
    ("text", "kind", "extensions"),
    [
        ("org-auth-cli", EXTENSIONS, [USAGE]),
        ("serv-ssl-serv", PARTIAL, [USAGE, SAN]),
        ("serv-ssl-serv~www.hopital.fr", EXTENSIONS, [USAGE, SAN]),
        ("serv-smime~accueil@hopital.fr", EXTENSIONS, [USAGE, SAN]),
    ],
)
def test_a_template_for_each_label(text: str, kind: str, extensions: list[str]) -> None:
    """The name is filled in where the label tells it, else left to the client (RFC 9908 3.4)."""
    label = labels.parse(text)
    told, rest = decode(attributes.csr_attributes(label), asn1Spec=rfc8951.CsrAttrs())
    assert rest == b""
    older, newer = (found["attribute"] for found in told)
    assert str(older["attrType"]) == EXTENSIONS
    values = newer["attrValues"]
    template, rest = decode(values[0], asn1Spec=rfc9908.CertificationRequestInfoTemplate())
    assert (rest, int(template["version"]), template["subjectPKInfo"].isValue) == (b"", 0, False)
    ((named,),) = template["subject"]["rdnSequence"]
    assert (str(named["type"]), named["value"].isValue) == (COMMON_NAME, bool(label.name))
    (asked,) = template["attributes"]
    assert str(asked["type"]) == kind
    spec = rfc5280.Extensions() if kind == EXTENSIONS else rfc9908.ExtensionReqTemplate()
    found, _ = decode(asked["values"][0], asn1Spec=spec)
    assert [str(one["extnID"]) for one in found] == extensions
    if label.name:
        names, _ = decode(found[1]["extnValue"], asn1Spec=rfc5280.GeneralNames())
        assert str(names[0].getComponent()) == label.name


def test_labels_name_profiles() -> None:
    """Each profile a machine may ask has one label, whatever its case; persons have none."""
    for profile in labels.enrollable():
        text = labels.label_of(profile)
        assert labels.parse(text.upper()) == Label(profile)
        assert labels.only_of(frozenset({profile.code, "PRO/AUTH"})) == Label(profile)
    named = Label(labels.enrollable()[0], "Service d’imagerie")
    assert labels.parse(unquote(named.path)) == named == labels.parse(named.text)
    assert named.path.isascii()
    with assert_refused(Code.EST_LABEL_UNKNOWN):
        labels.parse("pro-auth")
