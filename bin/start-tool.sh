# Starts a command of src/tool; sourced by the files of bin/tools, which have set $self. POSIX sh, as few processes as can
# be: scripts of a config space call these commands by the hundred.
root=${self%/*}/../..

node=
for locked in "$root"/node_modules/node-linux-*/bin/node; do node=$locked; done
if [ ! -x "$node" ]; then
  node=$(command -v node) || {
    echo "${self##*/}: Node 24 or newer is missing" >&2
    exit 127
  }
fi

main=$root/dist/tool.cjs
if [ -f "$main" ]; then
  newer=$(find "$root/src" -name '*.test.ts' -prune -o -type f -newer "$main" -print -quit 2>/dev/null)
  [ -n "$newer" ] || exec "$node" "$main" "${self##*/}" "$@"
fi
exec "$node" --disable-warning=ExperimentalWarning "$root/src/tool-main.ts" "${self##*/}" "$@"
