"""Prints an API key that may do everything: signs in, makes a service account, grants it the administrator's role."""

import json
import sys
import urllib.request

base, username, password = sys.argv[1:]


def call(method, path, body=None, token=None, version=None):
    request = urllib.request.Request(base + path, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")


token = call("POST", "/api/v1/sessions", {"username": username, "password": password})["access_token"]
service = call("POST", "/api/v1/users", {"username": "outside", "kind": "service", "name": "Outside"}, token)
roles = call("GET", "/api/v1/roles?limit=200", token=token)["data"]
role = next(role for role in roles if role["code"] == "administrator")
call("POST", f"/api/v1/users/{service['id']}/grants", {"role_id": role["id"], "scope": "all"}, token)
permissions = [label["code"] for label in call("GET", "/api/v1/meta/permissions")["data"]]
issued = call("POST", "/api/v1/api-keys", {"user_id": service["id"], "name": "Outside", "scopes": permissions}, token)
print(issued["key"])
