import t from 'tap'
import { runSpace } from '../testing/run-space.ts'
import { formatInventory } from './inventory.ts'

t.test('a custom action is a program of the config space, with the classes of the host', async t => {
  const hook = '#!/bin/bash\necho $classes >"$LOGDIR/seen"\n'
  const { worst, read } = await runSpace(t, { 'hooks/audit': hook }, { action: 'audit' })
  t.equal(worst, 0)
  t.equal(read('log/seen'), 'DEFAULT web01 LAST\n')
  t.match(read('log/fai-monitor.log'), 'TASKBEGIN action\nTASKEND faiend 0\nTASKEND action 0\n')
  t.equal(read('log/status.log'), 'audit                OK.\n')
})

t.test('one that fails is told, and an error of the run', async t => {
  const { worst, said } = await runSpace(t, { 'hooks/audit': '#!/bin/sh\nexit 7\n' }, { action: 'audit' })
  t.equal(worst, 420)
  t.strictSame(said, ['action audit ended with exit code 7'])
})

t.test('an action that is not there is an error, where FAI ends well', async t => {
  const { worst, said, read } = await runSpace(t, {}, { action: 'nosuch' })
  t.equal(worst, 801)
  t.match(said, [/^there is no action "nosuch": .*hooks\/nosuch is not there$/])
  t.match(read('log/fai-monitor.log'), 'TASKERROR action 22\n')
})

t.test('inventory writes lines of key and value, sysinfo what programs say', async t => {
  const inventory = await runSpace(t, {}, { action: 'inventory' })
  t.equal(inventory.worst, 0)
  const lines = inventory.read('log/inventory.log').trimEnd().split('\n')
  t.strictSame(
    lines.filter(line => !/^[^:]+: \S/.test(line)),
    [],
  )
  t.match(lines.join('\n'), /^RAMSIZE: [0-9.]+ GiB$/m)
  const sysinfo = await runSpace(t, {}, { action: 'sysinfo', programs: { dmesg: 'echo kernel says' } })
  t.match(sysinfo.read('log/sysinfo.log'), '=====   dmesg   =====\nkernel says\n')
  t.match(sysinfo.read('log/fai-monitor.log'), 'TASKBEGIN sysinfo\nTASKEND sysinfo 0\n')
})

t.test('what makers left empty is no line of the inventory', async t => {
  const lines = formatInventory({
    dmi: {
      board_name: 'X1',
      product_serial: 'To Be Filled By O.E.M.',
      product_name: 'System Product Name',
      bios_vendor: '',
      modalias: 'dmi:x',
    },
    cpuinfo: 'processor\t: 0\nmodel name\t: Old CPU\nprocessor\t: 1\nmodel name\t: Old CPU\n',
    memoryBytes: 2 * 2 ** 30,
    disks: [{ name: 'sda', sizeBytes: 20 * 2 ** 30, model: 'DISK 1', serial: '' }],
    cards: [{ name: 'eth0', mac: '52:54:00:12:34:56', addresses: ['192.0.2.11'] }],
    firmware: 'EFI',
  })
  t.strictSame(lines, [
    'board_name: X1',
    'firmware: EFI',
    'RAMSIZE: 2 GiB',
    'CPU: Old CPU',
    'Number of CPU/Cores: 2',
    'Network interface: eth0',
    'MAC address: 52:54:00:12:34:56',
    'IP address: 192.0.2.11',
    'disk1: sda [20 GiB] DISK 1',
  ])
})
