#!/usr/bin/env bash
# Checks what can be checked of the packages without installing them for good: the unit file, the package put into an empty
# root and taken out again, the scripts, the compose file.
#   packaging/check.sh [target/debug/marketing-center]
set -euo pipefail
cd "$(dirname "$0")/.."
binary="${1:-target/debug/marketing-center}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

echo "== scripts"
for script in packaging/*.sh packaging/postinst packaging/prerm; do bash -n "$script"; done

echo "== unit file"
mkdir -p "$work/unit"
sed "s|/usr/bin/marketing-center|/bin/true|; /^EnvironmentFile=/d" packaging/marketing-center.service >"$work/unit/marketing-center.service"
systemd-analyze verify "$work/unit/marketing-center.service"

# Puts a package into the empty root, or takes it out: as anybody, for the root is a folder. What went wrong is told.
package() {
    dpkg --root="$work/root" --force-depends --force-not-root --force-bad-path --log="$work/dpkg.log" "$@" \
        >"$work/said" 2>&1 || { cat "$work/said" >&2; return 1; }
}

echo "== package: made, put in, taken out"
# Symbols are of no use here and take long to copy.
strip -o "$work/binary" "$binary"
COMPRESSION=none packaging/deb.sh "$work/binary" "$work/dist" >/dev/null
package="$(ls "$work"/dist/*.deb)"
mkdir -p "$work/root/var/lib/dpkg/updates" "$work/root/var/lib/dpkg/info"
touch "$work/root/var/lib/dpkg/status"
# The scripts of the package need the system that they belong to; files and their records do not.
mkdir -p "$work/bare"
dpkg-deb --raw-extract "$package" "$work/bare"
rm "$work/bare/DEBIAN/postinst" "$work/bare/DEBIAN/prerm"
dpkg-deb -Znone --root-owner-group --build "$work/bare" "$work/bare.deb" >/dev/null
package --install "$work/bare.deb"
"$work/root/usr/bin/marketing-center" --version
test -f "$work/root/etc/marketing-center/environment"
package --remove marketing-center
test ! -e "$work/root/usr/bin/marketing-center"
test -f "$work/root/etc/marketing-center/environment"
(cd "$work/dist" && sha256sum --quiet --check ./*.sha256)

if docker compose version >/dev/null 2>&1; then
    echo "== compose file"
    POSTGRES_PASSWORD=x docker compose -f packaging/compose.yaml config --quiet
fi
echo "== the packages hold"
