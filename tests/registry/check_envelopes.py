"""Checks envelopes with the DSSE of securesystemslib and the statements of in-toto-attestation: nothing of this project.

Input: {"keys": {key id: PEM}, "envelopes": [text, ...]}; prints for each whether it holds, and why not.
"""

import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf.json_format import Parse
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

given = json.load(open(sys.argv[1]))
keys = {
    identity: SSlibKey.from_crypto(load_pem_public_key(pem.encode()), keyid=identity)
    for identity, pem in given["keys"].items()
}
found = []
for text in given["envelopes"]:
    try:
        envelope = Envelope.from_dict(json.loads(text))
        signers = envelope.verify(list(keys.values()), 1)
        statement = Statement.copy_from_pb(Parse(envelope.payload, statement_pb2.Statement()))
        statement.validate()
        found.append({
            "holds": True,
            "signers": sorted(signers),
            "type": envelope.payload_type,
            "predicate_type": statement.pb.predicate_type,
            "subjects": [[subject.name, subject.digest["sha256"]] for subject in statement.pb.subject],
        })
    except Exception as reason:  # whatever does not hold, the test wants to hear of
        found.append({"holds": False, "why": f"{type(reason).__name__}: {reason}"})
print(json.dumps(found))
