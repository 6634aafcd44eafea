import t from 'tap'
import { formatWord } from '../format-plan.ts'
import { bootstrapCommand, parseBootstrap } from './bootstrap.ts'

const origin = { kind: 'file', path: 'class/FAIBASE.var', line: 3 } as const
const optionsOrigin = { kind: 'file', path: 'class/OLD.var', line: 1 } as const
const parse = (text: string, options = '') =>
  parseBootstrap({ text, options, aptOptions: [], origin, optionsOrigin })

const MIRROR = 'http://deb.example.org/debian'
const START = 'mmdebstrap --mode=root --hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr'
const APT = '--dpkgopt=force-unsafe-io --aptopt=Acquire::Languages "none"'
const DEB = `deb ${MIRROR} bookworm`

const commands: Record<string, { text?: string; options: string; want: string }> = {
  'as debootstrap: all that is important': {
    options: '',
    want: `${START} --variant=important ${APT} bookworm TARGET/ ${DEB} main`,
  },
  'another architecture, components, packages, keys and a variant': {
    options:
      '--arch=i386 --components main,contrib --include=lvm2,mdadm --keyring /k.gpg --variant=minbase --verbose',
    want: `${START} --variant=minbase --architectures=i386 --include=lvm2,mdadm --keyring=/k.gpg ${APT} bookworm TARGET/ ${DEB} main contrib`,
  },
  'Ubuntu is another suite, mirror and keyring': {
    text: 'jammy http://ubuntu.example.org/ubuntu',
    options:
      '--keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg --components=main,universe --extra-suites=jammy-updates',
    want: `${START} --variant=important --keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg ${APT} jammy TARGET/ deb http://ubuntu.example.org/ubuntu jammy main universe deb http://ubuntu.example.org/ubuntu jammy-updates main universe`,
  },
  'signatures that nobody wants to see': {
    options: '--no-check-gpg',
    want: `${START} --variant=important ${APT} bookworm TARGET/ deb [trusted=yes] ${MIRROR} bookworm main`,
  },
  'what only debootstrap can': {
    options: '--exclude=vim-tiny --arch=i386',
    want: `debootstrap --exclude=vim-tiny --arch=i386 bookworm TARGET/ ${MIRROR}`,
  },
  'a variant that only debootstrap has': {
    options: '--variant=fakechroot',
    want: `debootstrap --variant=fakechroot bookworm TARGET/ ${MIRROR}`,
  },
  'a script of debootstrap': {
    text: `bookworm ${MIRROR} /usr/share/debootstrap/scripts/sid`,
    options: '',
    want: `debootstrap bookworm TARGET/ ${MIRROR} /usr/share/debootstrap/scripts/sid`,
  },
  'a word that is no option is for debootstrap to judge': {
    options: 'i386',
    want: `debootstrap i386 bookworm TARGET/ ${MIRROR}`,
  },
}

for (const [name, { text = ` bookworm ${MIRROR} `, options, want }] of Object.entries(commands)) {
  t.test(name, async t => {
    const { value, diagnostics } = parse(text, options)
    t.strictSame(diagnostics, [])
    const words = value && bootstrapCommand(value, [], { target: '/' })
    t.equal(words?.map(formatWord).join(' '), want)
  })
}

t.test('the architecture is known to the rest of the plan', async t => {
  t.equal(parse(`bookworm ${MIRROR}`, '--arch i386').value?.architecture, 'i386')
  t.equal(parse(`bookworm ${MIRROR}`).value?.architecture, undefined)
})

t.test('FAI_DEBOOTSTRAP is a suite and a mirror', async t => {
  for (const text of ['trixie', 'trixie deb.example.org', 'trixie http://x y z', 'trixie file:', '']) {
    t.match(parse(text).diagnostics, [{ code: 'bad-variable', severity: 'error', origin }], text)
  }
  t.match(parse('trixie file:///srv/mirror').value?.archive, { suite: 'trixie' })
})

t.test('half a base system is refused where the option is written', async t => {
  for (const option of [
    '--foreign',
    '--second-stage',
    '--print-debs',
    '--make-tarball=x',
    '--download-only',
  ]) {
    t.match(
      parse(`bookworm ${MIRROR}`, option).diagnostics,
      [{ code: 'bad-variable', message: option.split('=')[0], origin: optionsOrigin }],
      option,
    )
  }
})
