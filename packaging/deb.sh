#!/usr/bin/env bash
# Makes a Debian package and an archive of a binary that was built:
#   packaging/deb.sh [target/release/marketing-center] [dist]
# COMPRESSION=none is quick, for checks.
set -euo pipefail
cd "$(dirname "$0")/.."
binary="${1:-target/release/marketing-center}"
dist="${2:-dist}"
version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
architecture="$(dpkg --print-architecture)"
name="marketing-center"
mkdir -p "$dist"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

root="$work/$name"
install -D -m 755 "$binary" "$root/usr/bin/$name"
install -D -m 644 packaging/marketing-center.service "$root/usr/lib/systemd/system/$name.service"
install -D -m 640 packaging/environment "$root/etc/marketing-center/environment"
for page in README.md README.zh-CN.md docs/API.md docs/errors.md; do
    install -D -m 644 "$page" "$root/usr/share/doc/$name/$(basename "$page")"
done
mkdir -p "$root/DEBIAN"
echo "/etc/marketing-center/environment" >"$root/DEBIAN/conffiles"
cat >"$root/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $architecture
Maintainer: Marketing Center <marketing-center@localhost>
Depends: libc6, libgcc-s1, adduser
Section: misc
Priority: optional
Description: Backend that runs a marketing centre by its own regulations
 Approvals, duties, customers, sales and appraisals over a JSON API, with
 SQLite built in and PostgreSQL where you grow.
CONTROL
install -m 755 packaging/postinst packaging/prerm "$root/DEBIAN"
dpkg-deb -Z"${COMPRESSION:-xz}" --root-owner-group --build "$root" "$dist/${name}_${version}_${architecture}.deb" >/dev/null

archive="$name-$version-$architecture"
mkdir -p "$work/$archive"
cp "$binary" packaging/marketing-center.service packaging/environment README.md README.zh-CN.md "$work/$archive"
tar -C "$work" -c "$archive" | gzip "$([ "${COMPRESSION:-xz}" = none ] && echo -1 || echo -9)" >"$dist/$archive.tar.gz"
(cd "$dist" && sha256sum "${name}_${version}_${architecture}.deb" "$archive.tar.gz" >"$name-$version-$architecture.sha256")
ls "$dist"
