# What bin/demo and bin/test share: brings a bare Debian 12 to Node 24, the packages and node_modules.
# POSIX sh, sourced; the caller has set $root. Only what is missing is installed, so a second run is quick.

# Installing an image: plan and apply.
demo_packages="ca-certificates dosfstools e2fsprogs eatmydata fdisk gdisk grub-efi-amd64-bin mmdebstrap mount mtools parted udev"
# A virtual machine that boots from the network.
netboot_demo_packages="busybox iproute2 qemu-system-x86 squashfs-tools zstd"
# The real counterparts of the system tests.
test_packages="$demo_packages aptitude atftp atftpd bind9 bind9-dnsutils bind9-utils btrfs-progs busybox bzip2 createrepo-c cryptsetup-bin
  cupt curl cvs debootstrap dnf dnsmasq-base dnsperf fai-client fai-doc fai-setup-storage gcc git iproute2 iputils-arping iputils-ping ipxe
  isc-dhcp-client kmod knot knot-dnsutils ldap-utils ldnsutils libc6-dev libgraph-perl lvm2 mdadm mercurial nsd openssh-client openssh-server openssl ovmf procps
  python3-pyftpdlib qemu-system-x86 reclass rpm slapd squashfs-tools subversion systemd tftp-hpa udhcpc user-mode-linux util-linux
  xfsprogs xz-utils zstd zypper"

# Debian leaves the directories of administrators' programs out of an ordinary user's path.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

say() { printf '==> %s\n' "$*" >&2; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# Prints those of its arguments that dpkg does not have installed.
missing_packages() {
  for package; do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
      *' ok installed') ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

policy=/usr/sbin/policy-rc.d
policy_mark='# made by fai-classes for the time of one installation'
policy_kept=$policy.kept-by-fai-classes

# Forbids maintainer scripts to start a daemon; whatever stood there is kept aside.
forbid_daemons() {
  # After a run that was killed our own file still stands there.
  allow_daemons
  if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$policy_kept"; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
  chmod 755 "$policy"
}

# Puts back what forbid_daemons found. Harmless where it never ran.
allow_daemons() {
  if grep -qsxF "$policy_mark" "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy_kept" ] || [ -L "$policy_kept" ]; then mv "$policy_kept" "$policy"; fi
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null >&2
}

# Installs the Debian packages that are named and missing. Needs root, fails if they cannot be had.
install_packages() {
  # shellcheck disable=SC2046
  set -- $(missing_packages "$@")
  [ $# -gt 0 ] || return 0
  say "installing Debian packages: $*"
  # A subshell, so that its exit, however it comes, puts the policy back; the lock is for a second run beside this one.
  (
    flock 9
    trap allow_daemons EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    forbid_daemons
    # The first try takes the package lists as they are, if there are any; a stale list makes the second fetch new ones.
    for try in 1 2 3; do
      if [ $try -gt 1 ] || [ -z "$(find /var/lib/apt/lists -name '*Packages*' -print -quit 2>/dev/null)" ]; then
        [ $try -lt 3 ] || sleep 5
        apt_get update
      fi
      if apt_get --no-install-recommends install "$@"; then exit 0; fi
      say "apt-get install failed (try $try of 3)"
    done
    exit 1
  ) 9>/run/lock/fai-classes-packages
}

# Whether node_modules is what package-lock.json says; the stamp is a copy made after the last npm ci.
modules_match() { cmp -s "$root/package-lock.json" "$root/node_modules/.installed-lock.json"; }

# Installs node_modules, npm first where there is none. Fails with a message where that cannot be done.
install_modules() {
  modules_match && return 0
  if ! command -v npm >/dev/null; then
    if ! is_root; then
      say "npm is missing; as root: apt-get install --no-install-recommends npm"
      return 1
    fi
    install_packages ca-certificates npm || return 1
  fi
  say "installing node_modules (npm ci)"
  for try in 1 2 3; do
    if (cd "$root" && npm ci --no-audit --no-fund --loglevel=error </dev/null >&2); then
      cp "$root/package-lock.json" "$root/node_modules/.installed-lock.json"
      return 0
    fi
    say "npm ci failed (try $try of 3)"
    [ $try -eq 3 ] || sleep 5
  done
  return 1
}

# Sets $node to the locked Node or one of at least 24 on PATH.
find_node() {
  for node in "$root"/node_modules/node-linux-*/bin/node; do
    "$node" --version >/dev/null 2>&1 && return 0
  done
  node=$(command -v node) || node=
  major=$([ -z "$node" ] || "$node" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
  [ "${major:-0}" -ge 24 ] && return 0
  say "Node 24 or newer is missing, and npm ci brought none for this machine ($(uname -m))"
  return 1
}
