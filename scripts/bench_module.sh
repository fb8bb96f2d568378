#!/bin/sh
# Runs the bench of one module of rtl/ at all its corners, in one simulator or in both. Examples:
#   npm run bench:module qs5_gate
#   npm run bench:module qs5_gate -- --with verilator --wave out/waves
# --with  icarus or verilator; both if absent
# --wave  folder for waves: Icarus writes one VCD file per corner, Verilator one VCD file with a
#         scope per corner
set -eu
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,7s/^# \{0,1\}//p' "$0"
  exit "$1"
}

module=
simulator=
while [ $# -gt 0 ]; do
  case $1 in
  --help | -h) usage 0 ;;
  --with)
    case ${2:-} in
    icarus) simulator=Icarus ;;
    verilator) simulator=Verilator ;;
    *) echo 'bench:module: --with takes icarus or verilator.' >&2 && exit 1 ;;
    esac
    shift 2
    ;;
  --wave)
    [ -n "${2:-}" ] || usage 1 >&2
    mkdir -p "$2"
    QS5_WAVES=$2
    export QS5_WAVES
    shift 2
    ;;
  -*) usage 1 >&2 ;;
  *) module=$1 && shift ;;
  esac
done

[ -n "$module" ] || usage 1 >&2
if ! find rtl -name "$module.v" | grep -q .; then
  echo "bench:module: rtl/ has no module $module; see rtl/README.md." >&2
  exit 1
fi
QS5_MODULE=$module
export QS5_MODULE
exec npx vitest run tests/rtl/conformance.test.ts ${simulator:+-t "$simulator"}
