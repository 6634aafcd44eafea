/** What a script of `uml.ts` may call. Shell, since it runs in the machine, where starting Node costs a second. */
export const UML_FUNCTIONS = `
# There is no udev. What disks apply starts gets an environment of its own, without this.
export DM_DISABLE_UDEV=1

# A script that fails says where, and what its programs said last.
set -E
trap 'echo "failed: $BASH_COMMAND"; tail -n 20 /run/out/output* /run/out/*/output 2>/dev/null || :' ERR

# One file: to load the sources takes this machine as long as all the rest of a run.
program='node_modules/.bin/node /run/machine/fai-classes.cjs'

# apply NAME DISKS [OPTION...] <disk_config: its log directory is /run/out/NAME; says how it ended in NAME/exit
apply() {
  local name=$1 disks=$2 out=/run/out/$1 code=0
  shift 2
  mkdir -p $out
  cat >$out/disk_config
  $program disks apply --yes -f $out/disk_config --disklist "$disks" --log-dir $out "$@" >$out/output 2>&1 || code=$?
  echo $code >$out/exit
}

# applied NAME ...: the same, and must succeed
applied() {
  apply "$@"
  [ $(cat /run/out/$1/exit) = 0 ] || { echo "--- $1"; cat /run/out/$1/output; exit 1; }
}

# mounted NAME COMMAND...: with everything of its fstab below /mnt, whose mount points the command gets
mounted() {
  local fstab=/run/out/$1/fstab points='' device point type options rest
  shift
  while read -r device point type options rest; do
    case $device$point in [!#]*/*) ;; *) continue ;; esac
    [ $type != swap ] || continue
    mkdir -p /mnt$point
    mount -t $type -o $options $device /mnt$point
    points="$point $points"
  done <$fstab
  "$@" $points
  for point in $points; do umount /mnt$point; done
}

write_mark() { for point; do echo "mark of $point" >/mnt/$point/mark; done; }
show_mark() { for point; do echo "$point: $(cat /mnt/$point/mark 2>/dev/null || echo none)"; done; }

# mark NAME: writes a file to each file system of its fstab
mark() { mounted $1 write_mark; }

# marks NAME: what those files say now, in NAME/marks
marks() { mounted $1 show_mark >/run/out/$1/marks; }
`
