import { join } from 'node:path'
import t from 'tap'
import { type ProgramEnd, runToEnd } from '../testing/run-program.ts'
import { ROOT } from '../testing/test-files.ts'
import { makeUpdateSite, zoneOf } from '../testing/update-site.ts'

const FINE = '#!/bin/sh\nfcopy -v /etc/motd\n'
const site = await makeUpdateSite(
  [{ name: 'alpha', version: '1', files: { 'usr/share/alpha': 'x'.repeat(200_000) } }],
  {
    'example.test.zone': zoneOf('BASE'),
    'space/files/etc/motd/BASE': 'first\n',
    'space/scripts/BASE/10-motd': FINE,
  },
)
t.teardown(() => site.remove())

const BEGIN = `site=$1 log=$1/log target=$1/target
shift
fill() { dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null; true; }
update() { "$@"; echo "exit code $?"; findmnt --raw --noheadings --output TARGET | grep "^$target/"; }
exec 2>&1
`

/** Runs a script in a mount namespace of its own; `update "$@"` updates and tells what it leaves mounted in the target. */
const runAlone = (script: string): Promise<ProgramEnd> => {
  const update = [join(ROOT, 'bin/fai-classes'), ...site.words()]
  return runToEnd('unshare', ['--mount', 'sh', '-c', BEGIN + script, 'sh', site.directory, ...update])
}

const LOG_IS_FULL =
  /^fai-classes: the log \S+\/log\/\S+ cannot be written: ENOSPC: no space left on device, write\n(?:.* has FAILED .*\n)?exit code 3$/m
const SMALL_LOG = 'mkdir -p "$log"; mount -t tmpfs -o size=512k tmpfs "$log"\n'
const AGAIN = 'rm "$log/filler"; mount -o remount,size=16m "$log"; echo again; update "$@"\n'

t.test('no room for logs: named, exit 3; with room the next run succeeds', async t => {
  const { stdout } = await runAlone(`${SMALL_LOG}fill "$log"; update "$@"\n${AGAIN}`)
  const [first = '', second] = stdout.split('\nagain\n')
  t.match(first, LOG_IS_FULL)
  t.match(second, /exit code 0$/m)
})

t.test('no more room for logs in the middle of a run: the same, and nothing stays mounted', async t => {
  await site.write({ 'space/scripts/BASE/10-motd': '#!/bin/sh\ndd if=/dev/zero of=$LOGDIR/filler bs=1\n' })
  const { stdout } = await runAlone(`${SMALL_LOG}update "$@"\n`)
  t.match(stdout, /mount proc, sys and dev in the target\n/)
  t.match(stdout, LOG_IS_FULL)
  t.match(stdout, /exit code 3\n$/, 'nothing is mounted behind it')
  await site.write({ 'space/scripts/BASE/10-motd': FINE })
})

const FULL_SYSTEM = `cp -a "$target" "$site/whole" && mount -t tmpfs -o size=1g tmpfs "$target" && cp -a "$site/whole/." "$target"
update "$@"; fill "$target"
yes new | head -n 50000 >"$site/space/files/etc/motd/BASE"
sum() { cat "$target/etc/motd" "$target/var/lib/dpkg/status" "$target/var/lib/fai/fai-classes.json" | sha256sum; }
before=$(sum)
echo then; update "$@"
[ "$before" = "$(sum)" ] && echo all as before
rm "$target/filler"
echo again; update "$@"
uniq "$target/etc/motd"
`

t.test(
  'no room in the system: what failed is named, what was there is whole, and with room the next run succeeds',
  async t => {
    const { stdout } = await runAlone(FULL_SYSTEM)
    const [, full = '', again] = stdout.split(/^(?:then|again)\n/m)
    t.match(full, /step \d+ "update\.\S+" .* failed/)
    t.match(full, /\| .*: No space left on device$/m)
    t.match(full, /configure: BASE\/10-motd failed with exit code [1-9]/)
    t.match(full, /exit code 1\nall as before\n$/)
    t.match(again, /exit code 0\nnew\n$/)
  },
)
