"""What a penetration test and a reliability engineer found, again and again: too long for every change.

    python3 tests/outside/hard.py [kills] [starts] [away] [disk] [overload] [matrix]

Each part starts the real server (BINARY, target/debug/marketing-center) on a database of its own, and prints its figures
in a line; the end is 1 where something did not hold. PostgreSQL is taken from the PATH or /usr/lib/postgresql; what this
machine cannot do (no PostgreSQL, no tmpfs to mount) is said and left out.
"""

import glob
import http.client
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

BINARY = os.path.abspath(os.environ.get("BINARY", "target/debug/marketing-center"))
ROUNDS = int(os.environ.get("ROUNDS", "20"))
USER, PASSWORD = "admin", "Kill-9 leaves nothing half done"
HEADERS = {"Content-Type": "application/json"}
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
        print(f"  DOES NOT HOLD: {what}", flush=True)


class Server:
    """A server of its own, which may be killed."""

    def __init__(self, directory, url=None, **settings):
        self.directory, self.url, self.settings = directory, url, settings
        self.start()

    def environment(self):
        url = self.url or f"sqlite:{self.directory}/data/hard.db"
        return {**os.environ, "DATABASE_URL": url, "FILES_DIRECTORY": f"{self.directory}/data/files",
                "LISTEN": "127.0.0.1:0", "ADMINISTRATOR_USERNAME": USER, "ADMINISTRATOR_PASSWORD": PASSWORD,
                "REQUESTS_PER_MINUTE": "1000000", "DRAIN_SECONDS": "0", "RUST_LOG": "error", **self.settings}

    def start(self):
        self.process = subprocess.Popen([BINARY], env=self.environment(), cwd=self.directory, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in self.process.stdout:
            if line.startswith("listening on http://"):
                host, port = line.split("//")[1].strip().rsplit(":", 1)
                self.address = (host, int(port))
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return
        raise SystemExit("the server ended before it listened")

    def run(self, *arguments):
        return subprocess.run([BINARY, *arguments], env=self.environment(), cwd=self.directory,
                              capture_output=True, text=True)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, method, path, body=None, token=None, timeout=90, **headers):
        """Status, headers and JSON of an answer; status 0 where none came."""
        connection = http.client.HTTPConnection(*self.address, timeout=timeout)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body, sent = json.dumps(body).encode(), {**HEADERS, **sent}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read()
            try:
                return answer.status, answer.headers, json.loads(text)
            except ValueError:
                return answer.status, answer.headers, text
        except (OSError, http.client.HTTPException):
            return 0, {}, None
        finally:
            connection.close()

    def sign_in(self, user=USER, password=PASSWORD):
        return self.ask("POST", "/api/v1/sessions", {"username": user, "password": password})[2]["access_token"]


class Postgres:
    """A PostgreSQL of its own, which may be paused and stopped."""

    def __init__(self):
        self.bin = next((place for place in [*os.environ["PATH"].split(":"), *glob.glob("/usr/lib/postgresql/*/bin")]
                         if os.path.exists(f"{place}/initdb") and os.path.exists(f"{place}/postgres")), None)
        if not self.bin:
            return
        self.directory = tempfile.mkdtemp()
        self.user = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
        if self.user:
            os.chown(self.directory, 65534, 65534)
        self.run("initdb", "-D", f"{self.directory}/d", "-U", "postgres", "-A", "trust", "--no-sync").wait()
        self.start()

    def run(self, program, *arguments):
        return subprocess.Popen([f"{self.bin}/{program}", *arguments], cwd=self.directory, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **self.user)

    def start(self):
        self.process = self.run("postgres", "-D", f"{self.directory}/d", "-k", self.directory, "-c",
                                "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
        while not os.path.exists(f"{self.directory}/.s.PGSQL.5432"):
            time.sleep(0.05)

    def url(self):
        return f"postgres://postgres@{self.directory.replace('/', '%2F')}/postgres"

    def tell(self, what):
        children = []
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                fields = open(stat).read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid:
                children.append(int(stat.split("/")[2]))
        for process in [self.process.pid, *children]:
            try:
                os.kill(process, what)
            except ProcessLookupError:
                pass

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def end(self):
        self.tell(signal.SIGCONT)
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def draft(key):
    return {"code": f"approval-chain/{key}", "title": key, "effective_from": "2099-01-01", "content": {}, "clause": "x"}


def all_of(server, token, path):
    found, cursor = [], ""
    while True:
        status, _, page = server.ask("GET", f"{path}{'&' if '?' in path else '?'}limit=200{cursor}", token=token)
        if status != 200:
            return None
        found += page["data"]
        if not page.get("next_cursor"):
            return found
        cursor = f"&cursor={page['next_cursor']}"


def kills(engine):
    """kill -9 under load: what was answered is there, nothing twice, nothing half."""
    with tempfile.TemporaryDirectory() as directory:
        postgres = Postgres() if engine == "postgres" else None
        if postgres and not postgres.bin:
            return print("kills on PostgreSQL: left out, there is none")
        server = Server(directory, postgres and postgres.url())
        answered, open_keys = {}, set()
        for round_ in range(ROUNDS):
            token, over = server.sign_in(), threading.Event()
            for key in list(open_keys):
                status, headers, _ = server.ask("POST", "/api/v1/policies", draft(key), token, Idempotency_Key=key)
                check(status == 201, f"the retry of {key}: {status}")
                answered[key] = headers.get("Location")
                open_keys.discard(key)

            def write(writer):
                for n in range(10_000):
                    if over.is_set():
                        return
                    key = f"r{round_}w{writer}n{n}"
                    open_keys.add(key)
                    status, headers, _ = server.ask("POST", "/api/v1/policies", draft(key), token, Idempotency_Key=key)
                    if status == 201:
                        answered[key] = headers.get("Location")
                        open_keys.discard(key)
                    elif status:
                        check(False, f"{key}: {status}")

            writers = [threading.Thread(target=write, args=[n]) for n in range(8)]
            [writer.start() for writer in writers]
            time.sleep(0.3 + random.random())
            server.kill()
            over.set()
            [writer.join() for writer in writers]
            server.start()
        token = server.sign_in()
        codes = [policy["code"] for policy in all_of(server, token, "/api/v1/policies")]
        kept = [code.split("/")[1] for code in codes if code.startswith("approval-chain/r") and code.split("/")[1][1].isdigit()]
        lost = [key for key in answered if key not in kept]
        twice = len(kept) - len(set(kept))
        check(not lost, f"answered and lost: {lost[:3]}")
        check(not twice, f"{twice} done twice")
        server.kill()
        verdict = server.run("audit", "verify")
        check(verdict.returncode == 0, f"audit verify: {verdict.stderr}")
        if postgres:
            postgres.end()
        print(f"kills on {engine}: {ROUNDS} rounds, {len(answered)} writes answered, {len(lost)} lost, {twice} twice")


def starts(engine):
    """Four servers at once on a new database."""
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as directory:
            postgres = Postgres() if engine == "postgres" else None
            if postgres and not postgres.bin:
                return print("starts on PostgreSQL: left out, there is none")
            servers = []

            def start():
                servers.append(Server(directory, postgres and postgres.url()))

            threads = [threading.Thread(target=start) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            check(len(servers) == 4, f"{len(servers)} of 4 servers started")
            if servers:
                token = servers[0].sign_in()
                for server in servers:
                    users = server.ask("GET", "/api/v1/users", token=token)
                    check(users[0] == 200 and len(users[2]["data"]) == 1, f"users at another server: {users[0]}")
            [server.kill() for server in servers]
            if postgres:
                postgres.end()
    print(f"starts on {engine}: {ROUNDS} rounds of four servers")


def away():
    """PostgreSQL paused and stopped: how long whoever asks waits, and until /readyz says so."""
    postgres = Postgres()
    if not postgres.bin:
        return print("away: left out, there is no PostgreSQL")
    with tempfile.TemporaryDirectory() as directory:
        server = Server(directory, postgres.url())
        token = server.sign_in()
        for what in ["paused", "stopped"]:
            waits, statuses, over = [], [], threading.Event()

            def ask(n):
                while not over.is_set():
                    begun = time.monotonic()
                    method, body = ("POST", draft(f"{what}{n}-{time.monotonic_ns()}")) if n % 4 == 0 else ("GET", None)
                    status, headers, answer = server.ask(method, "/api/v1/policies", body, token)
                    waits.append(time.monotonic() - begun)
                    statuses.append(status)
                    told = status == 503 and answer["code"] == "http.database_away" and headers.get("Retry-After")
                    check(status in (200, 201) or told, f"{what}: {method} answered {status} {answer}")

            askers = [threading.Thread(target=ask, args=[n]) for n in range(16)]
            [asker.start() for asker in askers]
            time.sleep(1)
            begun = time.monotonic()
            postgres.tell(signal.SIGSTOP) if what == "paused" else postgres.stop()
            while server.ask("GET", "/readyz")[0] == 200:
                time.sleep(0.02)
            said = time.monotonic() - begun
            time.sleep(20 if what == "paused" else 5)
            check(server.ask("GET", "/healthz")[0] == 200, "healthz")
            postgres.tell(signal.SIGCONT) if what == "paused" else postgres.start()
            begun = time.monotonic()
            while server.ask("GET", "/readyz")[0] != 200:
                time.sleep(0.02)
            back = time.monotonic() - begun
            over.set()
            [asker.join() for asker in askers]
            check(500 not in statuses and 0 not in statuses, f"{what}: {set(statuses)}")
            print(f"PostgreSQL {what}: /readyz said so after {said:.1f} s and was ready {back:.1f} s after its return; "
                  f"longest wait {max(waits):.1f} s; {statuses.count(503)} of {len(statuses)} answered 503, none 500")
        server.kill()
    postgres.end()


def disk():
    """A disk that is full: 503 for writes and files, /readyz says so, and all is well when there is room again."""
    directory = tempfile.mkdtemp()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", directory], capture_output=True)
    if mounted.returncode:
        return print("disk: left out, no tmpfs can be mounted here")
    try:
        server = Server(directory)
        token = server.sign_in()
        with open(f"{directory}/filler", "wb", buffering=0) as filler:
            try:
                while filler.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 ' + b"x" * 2_000_000
        multipart = {"Content-Type": "multipart/form-data; boundary=b"}
        # Until what the log still has room for is used up: that much is written, and kept.
        statuses = []
        while len(statuses) < 2000 and statuses.count(503) < 20:
            statuses.append(server.ask("POST", "/api/v1/policies", draft(f"full{len(statuses)}"), token)[0])
        upload = server.ask("POST", "/api/v1/files", part + b"\r\n--b--\r\n", token, **multipart)[0]
        ready, reading = server.ask("GET", "/readyz")[0], server.ask("GET", "/api/v1/policies", token=token)[0]
        check(set(statuses) <= {201, 503} and 503 in statuses, f"writes on a full disk: {set(statuses)}")
        check(upload == 503, f"an upload on a full disk: {upload}")
        check((ready, reading) == (503, 200), f"ready and reading on a full disk: {ready}, {reading}")
        os.remove(f"{directory}/filler")
        after = server.ask("POST", "/api/v1/policies", draft("after"), token)[0]
        upload = server.ask("POST", "/api/v1/files", part + b"\r\n--b--\r\n", token, **multipart)[0]
        check((after, upload) == (201, 201), f"with room again: {after}, {upload}")
        check(server.ask("GET", "/readyz")[0] == 200, "ready with room again")
        server.kill()
        check(server.run("audit", "verify").returncode == 0, "audit verify after a full disk")
        print(f"disk full: {statuses.count(201)} writes still had room, then {statuses.count(503)} and the upload 503, reading 200, /readyz 503; all well with room again")
    finally:
        subprocess.run(["umount", "-l", directory])
        shutil.rmtree(directory, ignore_errors=True)


def load(server, token, clients, seconds, make):
    times, statuses, over = [], [], time.monotonic() + seconds

    def ask(n):
        count = 0
        while time.monotonic() < over:
            begun = time.monotonic()
            status = server.ask(*make(n, count), token=token)[0]
            count += 1
            statuses.append(status)
            if status < 300:
                times.append(time.monotonic() - begun)

    askers = [threading.Thread(target=ask, args=[n]) for n in range(clients)]
    [asker.start() for asker in askers]
    [asker.join() for asker in askers]
    return times, statuses


def overload():
    """Four times as many as it can serve: who is served is served in time, the others are told to come back."""
    with tempfile.TemporaryDirectory() as directory:
        server = Server(directory, PASSWORD_CONCURRENCY="1")
        token, run = server.sign_in(), random.randrange(1 << 30)
        account = {"username": USER, "password": PASSWORD}
        for name, few, make in [
            ("creating", 8, lambda n, count: ("POST", "/api/v1/policies", draft(f"o{run}-{time.monotonic_ns()}-{n}"))),
            ("signing in", 32, lambda n, count: ("POST", "/api/v1/sessions", account)),
        ]:
            normal, _ = load(server, token, few, 5, make)
            served, statuses = load(server, token, 4 * few, 10, make)
            # Many attempts on one account at once count as failures until they are known to be none: 429.
            check(set(statuses) <= {200, 201, 429, 503}, f"{name}: {set(statuses)}")
            check(server.ask("GET", "/healthz")[0] == 200, "healthz")
            p99 = statistics.quantiles(served, n=100)[98]
            check(p99 < 30, f"{name}: p99 of the served {p99:.1f} s")
            print(f"overload, {name}: {len(normal) / 5:.0f}/s with {few} clients; with {4 * few} {len(served) / 10:.0f}/s served, "
                  f"p99 {p99 * 1000:.0f} ms, {len(statuses) - len(served)} turned away")
        server.kill()


def matrix():
    """Every account against every thing it does not see: never shown, never moved."""
    with tempfile.TemporaryDirectory() as directory:
        environment = {"DATABASE_URL": f"sqlite:{directory}/data/hard.db", "FILES_DIRECTORY": f"{directory}/data/files"}
        made = subprocess.run([BINARY, "demo"], env={**os.environ, **environment}, cwd=directory, capture_output=True, text=True)
        check(made.returncode == 0, f"demo: {made.stderr}")
        server = Server(directory)
        document = server.ask("GET", "/openapi.json")[2]
        of_collection = {}
        for path, operations in document["paths"].items():
            if "/{id}" in path and path.split("/{id}")[0] in document["paths"]:
                of_collection.setdefault(path.split("/{id}")[0], []).append((path, operations))
        subprocess.run([BINARY, "admin", "create", "--username", "overseer", "--password-stdin"], input=PASSWORD, text=True,
                       env=server.environment(), cwd=directory, capture_output=True)
        overseer = server.sign_in("overseer")
        everything = {path: {thing["id"] for thing in all_of(server, overseer, path) or [] if "id" in thing}
                      for path in of_collection}
        people = [user["username"] for user in all_of(server, overseer, "/api/v1/users") if user["kind"] == "person"]
        tried, shown = 0, []
        for person in people:
            status, _, answer = server.ask("POST", "/api/v1/sessions", {"username": person, "password": "spruce-forest-2026"})
            if status != 201:
                continue
            token = answer["access_token"]
            for collection, routes in of_collection.items():
                seen = all_of(server, token, collection)
                listing = document["paths"][collection].get("get", {}).get("x-permission")
                mine = {thing.get("id") for thing in seen or []}
                for thing in sorted(everything[collection] - mine)[:20]:
                    for path, operations in routes:
                        if "{" in path.replace("{id}", ""):
                            continue
                        for method, operation in operations.items():
                            names = [p.get("name", p.get("$ref", "").rsplit("/", 1)[-1]) for p in operation.get("parameters", [])]
                            rehearses = "validate_only" in names
                            if method != "get" and not rehearses:
                                continue
                            # Who may not list them at all may have a permission of its own for something of theirs.
                            if seen is None and operation.get("x-permission") != listing:
                                continue
                            query = "?validate_only=true" if rehearses else ""
                            body = {} if "requestBody" in operation else None
                            status = server.ask(method.upper(), path.replace("{id}", thing) + query, body, token, If_Match='"1"')[0]
                            tried += 1
                            if status < 300 or status >= 500:
                                shown.append(f"{person} {method} {path} {thing}: {status}")
        check(not shown, f"{len(shown)} of {tried}: {shown[:5]}")
        server.kill()
        print(f"matrix: {len(people)} accounts, {len(of_collection)} collections, {tried} attempts on what is out of sight, {len(shown)} let through")


PARTS = {
    "kills": lambda: [kills("sqlite"), kills("postgres")],
    "starts": lambda: [starts("sqlite"), starts("postgres")],
    "away": away,
    "disk": disk,
    "overload": overload,
    "matrix": matrix,
}

if __name__ == "__main__":
    socket.setdefaulttimeout(90)
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
    sys.exit(1 if failures else 0)
