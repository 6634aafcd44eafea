import t from 'tap'
import { type ImageChoice, planImage, rootCommand } from './plan-image.ts'

const choice: ImageChoice = {
  archive: {
    suite: 'bookworm',
    sources: ['deb http://deb.example.test/debian bookworm main'],
    aptOptions: ['Acquire::Retries "3";'],
  },
  kernel: 'linux-image-amd64',
  morePackages: [],
  mtimeSeconds: 1000,
  level: 9,
  releases: 'digest',
}

t.test('the command names suite, sources and packages of the machine', async t => {
  const plan = planImage({ ...choice, morePackages: ['firmware-bnx2', 'git', 'git'] })
  const argv = rootCommand(plan, '/root-of-image')
  t.strictSame(argv.slice(-3), [
    'bookworm',
    '/root-of-image',
    'deb http://deb.example.test/debian bookworm main',
  ])
  t.match(
    argv.find(word => word.startsWith('--include=')),
    /,firmware-bnx2,gdisk,git,iproute2,/,
  )
  t.ok(argv.includes('--aptopt=Acquire::Retries "3"'))
})

t.test('the key changes with everything that the root is made of, and with nothing else', async t => {
  const key = (change: Partial<ImageChoice>): string => planImage({ ...choice, ...change }).baseKey
  const changes: Partial<ImageChoice>[] = [
    ...[
      { kernel: 'linux-image-cloud-amd64' },
      { morePackages: ['git'] },
      { mtimeSeconds: 1001 },
      { level: 3 },
    ],
    ...[{ releases: 'other' }, { archive: { ...choice.archive, suite: 'trixie' } }],
  ]
  t.equal(new Set([{}, ...changes].map(key)).size, changes.length + 1)
  t.equal(key({ morePackages: ['tar', 'git'] }), key({ morePackages: ['git', 'tar', 'git'] }))
  t.equal(key({ archive: { ...choice.archive, aptOptions: [] } }), key({}), 'how an archive is reached')
})
