#!/usr/bin/env bash
# The product seen from outside, by tools that know nothing of its source. See README.md beside this file.
#   tests/outside/run.sh           everything
#   tests/outside/run.sh --quick   what is quick enough for every change
set -euo pipefail
cd "$(dirname "$0")/../.."

examples="${EXAMPLES:-20}"
tools="${OUTSIDE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/marketing-center-outside}"
work="$(mktemp -d)"
server=""
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT

install_tools() {
    mkdir -p "$tools"
    if ! command -v npx >/dev/null; then
        echo "node and npm are needed: https://nodejs.org" >&2
        exit 1
    fi
    (cd "$tools" && [ -f package.json ] || (cd "$tools" && npm init -y >/dev/null))
    (cd "$tools" && npm install --no-fund --no-audit --loglevel=error \
        @redocly/cli@2.77.0 openapi-typescript@7.13.0 openapi-fetch@0.17.0 \
        typescript@5.9.3 >/dev/null)
    if [ ! -x "$tools/python/bin/schemathesis" ]; then
        python3 -m venv "$tools/python"
        "$tools/python/bin/pip" install --quiet --disable-pip-version-check \
            schemathesis==4.32.5 openapi-python-client==0.29.1 mypy
    fi
}

start_server() {
    cargo build --workspace --bin marketing-center
    # There before it is read, however late the server comes to write.
    : >"$work/out"
    DATABASE_URL="sqlite:$work/outside.db" FILES_DIRECTORY="$work/files" RUST_LOG=warn \
        ADMINISTRATOR_USERNAME=admin ADMINISTRATOR_PASSWORD="Seen from outside, 42 times" \
        REQUESTS_PER_MINUTE=1000000 \
        "${CARGO_TARGET_DIR:-target}/debug/marketing-center" --listen 127.0.0.1:0 >"$work/out" 2>"$work/log" &
    server=$!
    for _ in $(seq 100); do
        url="$(sed -n 's/^listening on //p' "$work/out")"
        if [ -n "$url" ]; then return; fi
        kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
        sleep 0.2
    done
    echo "the server did not start" >&2
    exit 1
}

echo "== tools"
install_tools
echo "== the running server"
start_server
curl -sSf "$url/openapi.json" >"$work/openapi.json"

echo "== redocly lint, recommended"
"$tools/node_modules/.bin/redocly" lint --extends recommended "$work/openapi.json" 2>&1 | tee "$work/redocly" | tail -n 8
if grep -q "warning" "$work/redocly" && ! grep -q "is valid" "$work/redocly"; then
    echo "redocly has warnings" >&2
    exit 1
fi

echo "== openapi-typescript, tsc --strict"
"$tools/node_modules/.bin/openapi-typescript" "$work/openapi.json" -o "$work/api.ts"
"$tools/node_modules/.bin/tsc" --strict --noEmit "$work/api.ts"

echo "== openapi-fetch: a strict client that compiles and runs"
client="$tools/client"
rm -rf "$client"
mkdir -p "$client/out"
cp tests/outside/client.ts tests/outside/tsconfig.json "$work/api.ts" "$client"
echo '{"type": "module"}' >"$client/out/package.json"
"$tools/node_modules/.bin/tsc" -p "$client"
node "$client/out/client.js" "$url" admin "Seen from outside, 42 times"

echo "== openapi-python-client"
(cd "$work" && "$tools/python/bin/openapi-python-client" generate --path openapi.json --output-path client \
    --meta none)
if [ "${1:-}" != "--quick" ]; then
    # `client.py` is the generator's own and the same for every document; it does not pass mypy.
    (cd "$work" && "$tools/python/bin/mypy" --no-error-summary --ignore-missing-imports \
        --follow-imports=silent client/api client/models client/types.py)
fi

if [ "${1:-}" = "--quick" ]; then
    echo "== the product holds from outside (quick)"
    exit 0
fi
# It would find its own key, grant and account in the lists, and end them.
echo "== schemathesis, $examples examples each"
key="$(python3 tests/outside/key.py "$url" admin "Seen from outside, 42 times")"
SCHEMATHESIS_HOOKS=tests/outside/hooks.py \
    "$tools/python/bin/schemathesis" --config-file tests/outside/schemathesis.toml run "$url/openapi.json" \
    --exclude-operation-id revoke_api_key --exclude-operation-id end_grant --exclude-operation-id disable_user \
    --header "Authorization: Bearer $key" --seed 1 --max-examples "$examples" --workers 1 \
    --generation-database none --no-color | tee "$work/schemathesis" | tail -n "${OUTSIDE_TAIL:-60}"
# Who was shut out halfway has proven only half.
if ! curl -sSf -o "$work/key" -H "Authorization: Bearer $key" "$url/api/v1/events?limit=1"; then
    echo "schemathesis took its own key away: what came afterwards was judged without one" >&2
    exit 1
fi
if grep -iE "panicked| at [a-z/_]+\.rs:" "$work/log"; then
    echo "the server had faults of its own" >&2
    exit 1
fi
echo "== the product holds from outside"
