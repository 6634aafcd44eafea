/**
 * A site for tests that install web01 onto the disks of a machine: its base system is a shell of the host, it has no packages,
 * and a script that notes in the target what it was told and what was mounted.
 */
export type MachineSite = {
  /** Shell commands that write the site below its directory; run again, they write it anew. */
  readonly write: string
  /** Words of `plan web01` and `install web01`. */
  readonly args: readonly string[]
  /** Where its mmdebstrap is, which must be found before any other. */
  readonly programs: string
}

const ZONE = `$ORIGIN example.test.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 604800 300
@ IN NS ns1
web01 IN A 192.0.2.11
_fai.web01 IN TXT "BASE"
BASE._class IN TXT "var.FAI_DEBOOTSTRAP=bookworm http://deb.example.test/debian"
`

const CONFIG = `sources:
  - { kind: zonefile, zone: example.test, path: example.test.zone }
`

/** Nothing is installed, and apt is not there. */
const WITHOUT_PACKAGES = '#!/bin/sh\nskiptask repository updatebase instsoft\n'

/** Makes a base system of a shell, in the directory that is among its arguments; it diverts nothing. */
const MMDEBSTRAP = `#!/bin/sh
for word; do [ ! -d "$word" ] || base=$word; done
for f in /bin/dash $(ldd /bin/dash | grep -o '/[^ ]*'); do cp --parents -L $f $base; done
ln -s dash $base/bin/sh
mkdir -p $base/etc
echo 'an older fstab' >$base/etc/fstab
echo '#!/bin/sh' >$base/bin/dpkg-divert
chmod +x $base/bin/dpkg-divert
`

const NOTE = `#!/bin/bash
$ROOTCMD /bin/sh -c 'echo "installed" >/etc/mark'
echo "$BOOT_DEVICE|$SWAPLIST|$disklist|$FAI_ACTION" >$target/etc/variables
awk -v t="$target" 'index($2, t) == 1 { print substr($2, length(t) + 1) "/ " $4 }' /proc/mounts >$target/etc/mounts
cut -d ' ' -f 1 /proc/swaps >$target/etc/swaps
`

/** Writes below `directory` a site whose class BASE has this `disk_config`; `more` are files of its config space. */
export const machineSite = (
  directory: string,
  diskConfig: string,
  more: Readonly<Record<string, string>> = {},
): MachineSite => {
  const space = `${directory}/config`
  const files = {
    'fai-classes.yaml': CONFIG,
    'example.test.zone': ZONE,
    'config/disk_config/BASE': diskConfig,
    'config/hooks/repository.BASE': WITHOUT_PACKAGES,
    'config/scripts/BASE/10-note': NOTE,
    'bin/mmdebstrap': MMDEBSTRAP,
    ...Object.fromEntries(Object.entries(more).map(([path, text]) => [`config/${path}`, text])),
  }
  return {
    write: `rm -rf ${space}\n${Object.entries(files)
      .map(([path, text]) => writeFile(`${directory}/${path}`, text))
      .join('')}`,
    args: ['--config', `${directory}/fai-classes.yaml`, '--config-space', space],
    programs: `${directory}/bin`,
  }
}

const writeFile = (path: string, text: string): string => `mkdir -p ${path.slice(0, path.lastIndexOf('/'))}
cat >${path} <<'END OF FILE'
${text}END OF FILE
${text.startsWith('#!') ? `chmod +x ${path}\n` : ''}`
