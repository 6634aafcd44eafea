import t from 'tap'
import { formatWord } from '../format-plan.ts'
import type { Step } from '../step.ts'
import { ALLOW_DAEMONS, planUpdateBase } from './update-base.ts'

const lineOf = ({ action }: Step): string => {
  if (action.kind === 'run') return action.argv.map(formatWord).join(' ')
  return 'path' in action && typeof action.path === 'object'
    ? `${action.kind} ${formatWord(action.path)}`
    : action.kind
}

t.test(
  'daemons are forbidden before the first package, and what stood there comes back at the end',
  async t => {
    const lines = planUpdateBase().map(lineOf)
    const divert = 'dpkg-divert --quiet --package fai --rename'
    t.strictSame(lines.slice(0, 4), [
      'mount-kernel-filesystems',
      `${divert} --add /usr/sbin/policy-rc.d`,
      'write-file TARGET/usr/sbin/policy-rc.d',
      'apt-get -q -o APT::Update::Error-Mode=any update',
    ])
    t.strictSame(ALLOW_DAEMONS.map(lineOf), [
      'remove-file TARGET/usr/sbin/policy-rc.d',
      `${divert} --remove /usr/sbin/policy-rc.d`,
    ])
  },
)

t.test('what is broken is mended, then all is upgraded', async t => {
  const lines = planUpdateBase().map(lineOf)
  t.equal(lines[4], 'dpkg --configure --pending')
  t.match(lines[5], /^apt-get .*--force-confnew.* --fix-broken dist-upgrade$/)
  t.ok(planUpdateBase().every(({ task }) => task === 'updatebase'))
})
