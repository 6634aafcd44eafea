import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeNetbootBase } from '../testing/netboot-base.ts'
import { makeNetbootImage } from '../testing/netboot-image.ts'
import { makeNetbootNetwork, networkCard } from '../testing/netboot-network.ts'
import { drawNetbootHost, startNetbootSite } from '../testing/netboot-site.ts'
import { type Boot, type Machine, startMachine } from '../testing/qemu.ts'
import { isLong } from '../testing/random.ts'
import { runProgram } from '../testing/run-program.ts'

const INSTALL_SECONDS = 540
const BOOT_SECONDS = 200
const timeout = (INSTALL_SECONDS + BOOT_SECONDS + 60) * 1000
t.setTimeout(2 * timeout)

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-chain-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const parts = { image: join(directory, 'image'), base: await makeNetbootBase() }

t.test('the base archive has a prepared initramfs, and nothing of any host', { timeout }, async t => {
  await makeNetbootImage(parts.image, ['--kernel', 'linux-image-cloud-amd64'])
  const names = await runProgram('tar', ['--list', '--file', parts.base])
  t.match(names, /^\.\/boot\/initrd\.img-/m)
  t.notMatch(names, /^\.\/etc\/(?:hostname|machine-id|machine-note)$/m)
})

const layouts = [
  { disks: 'ONE_DISK', count: 1 },
  ...(isLong() ? [{ disks: 'MIRRORED', count: 2 } as const] : []),
] as const

for (const { disks, count } of layouts) {
  t.test(
    `${disks}: from power-on to a login prompt with nobody touching the machine`,
    { timeout },
    async t => {
      const place = join(directory, disks)
      await mkdir(place)
      const images = Array.from({ length: count }, (_, index) => join(place, `disk${index}.img`))
      for (const image of images) {
        await writeFile(image, '')
        await truncate(image, 2 * 1024 ** 3)
      }
      const drives = images.flatMap(image => ['-drive', `if=virtio,format=raw,cache=unsafe,file=${image}`])
      const network = await makeNetbootNetwork(1)
      t.teardown(() => network.remove())
      const host = drawNetbootHost(disks)
      const site = await startNetbootSite(host, place, network, parts)
      t.teardown(() => site.stop())
      const fqdn = `${host.name}.example.test`
      t.equal(await site.dig('A', fqdn), '', 'named does not know it yet')
      await site.run('boot', host.name, 'install')

      const first = startMachine({
        // The battery of its clock is empty.
        args: [...networkCard(network.taps[0] ?? '', host.mac), ...drives, '-rtc', 'base=2020-01-01'],
        memoryMib: 2048,
        timeoutSeconds: INSTALL_SECONDS,
        enter: network.enter,
      })
      t.teardown(() => first.stop())
      const installed = await switchedOff(first).catch(error => {
        throw new Error(`${String(error)}\nwhat was served:\n${site.log()}`)
      })
      t.match(installed.console, /the clock was \d{4} d slow: set to \S+ by the boot server/)
      t.comment(`installed after ${Math.round(installed.seconds)} s`)
      t.equal(await site.dig('A', fqdn), `${host.address}\n`)
      t.equal(await site.dig('-x', host.address), `${fqdn}.\n`)
      t.match(await site.run('boot', '--list'), new RegExp(`${host.name}.*local`))
      await site.stop()

      const second = startMachine({
        args: ['-nic', 'none', ...drives],
        memoryMib: 768,
        timeoutSeconds: BOOT_SECONDS,
      })
      t.teardown(() => second.stop())
      const booted = await second.until(new RegExp(`^${host.name} login:`, 'm'))
      t.comment(`login prompt after ${Math.round(booted.seconds)} s`)
      const answers = await ask(second, host.password, [
        'hostname',
        'findmnt -n -o UUID /',
        'swapon --show=NAME --noheadings | wc -l',
        'cat /etc/machine-note /etc/site-greeting',
        `cat /var/log/fai/${host.name}/last/classes.json`,
      ])
      t.strictSame(answers.slice(0, 4), [
        host.name,
        host.rootUuid,
        '1',
        `${host.name}: ${host.mark}\ninstalled by apt`,
      ])
      const explained = JSON.parse(answers[4] ?? '')
      t.match(explained.classes, ['DEFAULT'])
      t.match(
        explained.because.find((each: { class: string }) => each.class === host.class),
        {
          by: [{ kind: 'seed', origin: { owner: `_fai.${fqdn}` } }],
        },
      )
    },
  )
}

/** Waits for the end of an installation that goes well, and no longer for one that does not. */
const switchedOff = async (machine: Machine): Promise<Boot> => {
  const { console } = await machine.until(/^fai-classes: (?:reboot|.* FAILED; .*)$/m)
  if (console.includes(' FAILED; ')) throw new Error(`the installation failed:\n${console}`)
  return machine.off()
}

/** Logs in as root at the console and gives what each command printed. */
const ask = async (
  machine: Machine,
  password: string,
  commands: readonly string[],
): Promise<readonly string[]> => {
  machine.type('root\n')
  await machine.until(/^Password: $/m)
  machine.type(`${password}\n`)
  await machine.until(/# $/)
  // The command that is shown as it is typed must not look like its answer.
  for (const [index, command] of commands.entries())
    machine.type(`echo "beg"in-${index}; ${command}; echo "e"nd-${index}\n`)
  const { console } = await machine.until(new RegExp(`^end-${commands.length - 1}$`, 'm'))
  return commands.map((_, index) => {
    const pattern = new RegExp(`^begin-${index}\\n(.*)\\nend-${index}$`, 'ms')
    return pattern.exec(console)?.[1] ?? ''
  })
}
