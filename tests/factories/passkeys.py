"""A passkey in a few lines, so that a test can say what no browser would."""

import base64
import hashlib
import html
import json
import re
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

HERE = "https://testserver"
#: Of what an authenticator says: somebody is there, and is known to it; with a new key in it.
PRESENT, NEW_KEY = 0x05, 0x40


class Passkey:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)

    def made(self, question: dict[str, Any]) -> str:
        """What a browser sends for a new one."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self._key.public_key())))
        own = bytes(16) + len(self._id).to_bytes(2, "big") + self._id + public
        said = cbor.encode({"fmt": "none", "attStmt": {}, "authData": _head(PRESENT | NEW_KEY) + own})
        client = _client("webauthn.create", question, HERE)
        return self._sent({"clientDataJSON": _text(client), "attestationObject": _text(said)})

    def shown(self, question: dict[str, Any], *, origin: str = HERE) -> str:
        """What it says to a question, on the page of ``origin``."""
        client, head = _client("webauthn.get", question, origin), _head(PRESENT)
        signed = self._key.sign(head + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            {"clientDataJSON": _text(client), "authenticatorData": _text(head), "signature": _text(signed)}
        )

    def _sent(self, response: dict[str, str]) -> str:
        own = _text(self._id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})


def question_on(answer: Any) -> dict[str, Any]:
    """What a page asks of a passkey."""
    found = re.search(r'data-app-question="([^"]*)"', answer.content.decode())
    assert found
    asked: dict[str, Any] = json.loads(html.unescape(found[1]))
    return asked


def _head(flags: int) -> bytes:
    return hashlib.sha256(b"testserver").digest() + bytes([flags]) + bytes(4)


def _client(kind: str, question: dict[str, Any], origin: str) -> bytes:
    challenge = question["publicKey"]["challenge"]
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
