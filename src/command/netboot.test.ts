import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { nextStep } from './netboot.ts'

t.test('what comes next', async t => {
  const rows: readonly (readonly [string, boolean, string, ReturnType<typeof nextStep>])[] = [
    ['install', true, 'verbose,reboot', 'reboot'],
    ['install', true, 'halt', 'poweroff'],
    ['install', true, 'verbose', 'stay'],
    ['install', false, 'verbose,reboot', 'stay'],
    ['install', false, 'reboot,createvt', 'shell'],
    ['install', false, 'debug', 'shell'],
    ['install', true, 'debug', 'stay'],
    ['inventory', false, 'sshd', 'shell'],
    ['sysinfo', true, 'createvt,sshd', 'shell'],
    ['sysinfo', false, '', 'shell'],
    ['sysinfo', true, 'reboot', 'reboot'],
  ]
  for (const [action, isGood, flags, wanted] of rows)
    t.equal(nextStep(action, isGood, flags.split(',')), wanted, `${action} ${isGood} ${flags}`)
})

t.test('no machine but one that booted the image is installed by it', async t => {
  for (const isRoot of [true, false]) {
    const { exitCode, stderr } = await runInProcess(['netboot'], { isRoot })
    t.equal(exitCode, 3)
    t.match(stderr, /this is not the netboot image: netboot would install this machine/)
  }
})
