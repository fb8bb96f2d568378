#!/bin/sh
# Makes a fresh copy ready: npm packages, the programs that qs5 runs, and dist/.
# Does nothing, and says nothing, when all of that is there. Exit code 3: something cannot be
# installed here; what to type is printed.
#   --tests   also what only the tests need: another Yosys than that of qs5, and nextpnr-ice40
#   --dist    only dist/
set -eu

tests=
[ "${1:-}" != --tests ] || tests=yes
only_dist=
[ "${1:-}" != --dist ] || only_dist=yes

cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }

fail() {
  printf 'setup: %s\n' "$*" >&2
  cat >&2 <<'END'
What qs5 needs can be installed with:
  Debian/Ubuntu: sudo apt-get update && sudo apt-get install -y verilator iverilog make g++
  Fedora:        sudo dnf install -y verilator iverilog make gcc-c++
  macOS:         brew install verilator icarus-verilog && xcode-select --install
the tests need yosys and nextpnr-ice40 too (Debian/Ubuntu: the packages of these names),
and Node.js 20 or later from https://nodejs.org. Then run: npm run setup
END
  exit 3
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    return 1
  fi
}

check_node() {
  command -v node >/dev/null 2>&1 || fail 'Node.js is not installed.'
  version=$(node --version)
  major=${version#v}
  major=${major%%.*}
  [ "$major" -ge 20 ] || fail "Node.js is $version, but qs5 needs 20 or later."
}

# --- npm packages -------------------------------------------------------------------------------

# The stamp holds the checksum of the package-lock.json that node_modules was made from. Where
# npm itself installed later than the lock was written, its own record is as good.
install_packages() {
  stamp=node_modules/.qs5-setup
  sum=$(cksum <package-lock.json)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then return; fi
  own=node_modules/.package-lock.json
  if [ ! -f "$own" ] || [ -n "$(find package-lock.json -newer "$own")" ]; then
    say 'npm ci'
    npm ci --no-audit --no-fund --loglevel=error || fail 'npm ci failed; see above.'
  fi
  printf '%s\n' "$sum" >"$stamp"
}

# --- programs -----------------------------------------------------------------------------------

# Prints which of the programs are not on PATH; QS5_VERILATOR and so on may name others.
missing_programs() {
  [ -n "${QS5_VERILATOR:-}" ] || command -v verilator >/dev/null 2>&1 || printf 'verilator '
  [ -n "${QS5_IVERILOG:-}" ] || command -v iverilog >/dev/null 2>&1 || printf 'iverilog '
  [ -n "${QS5_VVP:-}" ] || command -v vvp >/dev/null 2>&1 || printf 'vvp '
  [ -n "${QS5_MAKE:-}" ] || command -v make >/dev/null 2>&1 || printf 'make '
  [ -n "${QS5_GXX:-}" ] || command -v g++ >/dev/null 2>&1 || printf 'g++ '
  [ -n "$tests" ] || return 0
  [ -n "${QS5_YOSYS:-}" ] || command -v yosys >/dev/null 2>&1 || printf 'yosys '
  [ -n "${QS5_NEXTPNR_ICE40:-}" ] || command -v nextpnr-ice40 >/dev/null 2>&1 ||
    printf 'nextpnr-ice40 '
}

# Prints the package of a program: package_of PROGRAM SYSTEM
package_of() {
  case "$2:$1" in
    *:verilator) echo verilator ;;
    brew:iverilog | brew:vvp) echo icarus-verilog ;;
    *:iverilog | *:vvp) echo iverilog ;;
    *:make) echo make ;;
    dnf:g++) echo gcc-c++ ;;
    brew:g++) echo gcc ;;
    *:g++) echo g++ ;;
    *:yosys) echo yosys ;;
    dnf:nextpnr-ice40) echo nextpnr ;;
    *:nextpnr-ice40) echo nextpnr-ice40 ;;
  esac
}

install_programs() {
  missing=$(missing_programs)
  [ -n "$missing" ] || return 0
  if command -v apt-get >/dev/null 2>&1; then
    system=apt
  elif command -v dnf >/dev/null 2>&1; then
    system=dnf
  elif command -v brew >/dev/null 2>&1; then
    system=brew
  else
    fail "missing: $missing- and there is no apt-get, dnf or brew here."
  fi
  packages=
  for program in $missing; do packages="$packages $(package_of "$program" "$system")"; done
  say "installing$packages"
  # The names have no spaces in them: splitting is meant.
  # shellcheck disable=SC2086
  case $system in
    apt)
      as_root apt-get update -qq || say 'apt-get update failed; trying to install all the same'
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null ||
        fail 'apt-get could not install them.'
      ;;
    dnf) as_root dnf install -y -q $packages || fail 'dnf could not install them.' ;;
    brew) brew install --quiet $packages || fail 'brew could not install them.' ;;
  esac
  missing=$(missing_programs)
  [ -z "$missing" ] || fail "still missing: $missing"
}

# --- dist ---------------------------------------------------------------------------------------

build() {
  stamp=dist/.qs5-built
  if [ -f "$stamp" ] && [ -f dist/cli.js ]; then
    newer=$(find src package.json tsconfig.json tsconfig.build.json -newer "$stamp" | head -n 1)
    [ -n "$newer" ] || return 0
  fi
  say 'building dist/'
  # Made before the build, so that what changes meanwhile is built next time.
  mkdir -p dist
  : >dist/.qs5-building
  npm run --silent build
  mv dist/.qs5-building "$stamp"
}

if [ -z "$only_dist" ]; then
  check_node
  install_packages
  install_programs
fi
build
