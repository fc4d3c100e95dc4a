"""Reads base64 mails, one a line, with Python's own parser; writes what it saw as JSON, one a line."""
import base64, email, email.policy, json, sys

for line in sys.stdin:
    mail = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
    defects = [repr(defect) for part in mail.walk() for defect in part.defects]
    defects += [f"{name}: {defect!r}" for name, value in mail.items() for defect in value.defects]
    parts = [part for part in mail.walk() if not part.is_multipart()]
    print(json.dumps({
        "defects": defects,
        "type": mail.get_content_type(),
        "parts": [[part.get_content_type(), part.get_content_charset(), part.get_content()] for part in parts],
        "headers": [[name, str(value)] for name, value in mail.items()],
        "from": [[a.display_name, a.addr_spec] for a in mail["From"].addresses],
        "to": [a.addr_spec for a in mail["To"].addresses],
        "date": mail["Date"].datetime.timestamp() * 1000,
    }))
