"""The bare proxy hands on what it gets, and the answer back."""

import asyncio
import json
from hashlib import sha256

from gateway.bench.proxy import proxy_app


async def post(app, path, body):
    """Call the application as a server would; return status and body."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"proxy"), (b"content-length", str(len(body)).encode())],
        "app": app,
        "state": {},
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_body_and_path_reach_the_recipient_and_its_answer_comes_back(start_recipient, client_tls):
    async def run():
        recipient = await start_recipient()
        app = proxy_app(f"https://localhost:{recipient.port}", client_tls)
        answer = await post(app, "/v1/exchanges", b"x" * 4096)
        recipient.server.close()
        return answer, recipient.taken.others

    (status, body), others = asyncio.run(run())
    assert status == 201
    assert json.loads(body) == {"sha256": sha256(b"x" * 4096).hexdigest()}
    assert others == 1
