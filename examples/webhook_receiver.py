"""Receives webhooks: WEBHOOK_SECRET=whsec_… python3 webhook_receiver.py [port]; says what it takes, each event once."""
import base64, hashlib, hmac, http.server, json, os, sys, time

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
TAKEN = set()  # Keep these in your database, written in the transaction that does the work.


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event, at = self.headers.get("webhook-id", ""), self.headers.get("webhook-timestamp", "0")
        code = hmac.new(KEY, f"{event}.{at}.".encode() + body, hashlib.sha256).digest()
        wanted, given = "v1," + base64.b64encode(code).decode(), self.headers.get("webhook-signature", "").split()
        is_ours = abs(time.time() - int(at)) < 300 and any(hmac.compare_digest(wanted, one) for one in given)
        if is_ours and event not in TAKEN:
            print(json.loads(body)["type"], flush=True)
            TAKEN.add(event)
        self.send_response(204 if is_ours else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
