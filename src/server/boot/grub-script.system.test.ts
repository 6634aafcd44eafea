import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { BOOT, WEB01, WEB01_MAC } from '../../testing/boot-site.ts'
import { renderGrubScript } from './grub-script.ts'
import { discoverScript, hostScript } from './script.ts'
import { BOOT_STATES } from './state.ts'
import { NO_SECRET } from './token.ts'

// Scripts as GRUB's own parser reads them.

/** The exit code of grub-script-check for a script. */
const check = async (text: string): Promise<number> => {
  const child = spawn('grub-script-check', [], { stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.end(text)
  const [code] = (await once(child, 'exit')) as [number]
  return code
}

const request = (cmdline: string) => ({
  mac: WEB01_MAC,
  serverUrl: 'http://192.0.2.1:8080',
  config: { ...BOOT, cmdline, afterFailure: 'rescue' as const },
})

t.test('it tells a script from what is none', async t => {
  t.equal(await check('boot\n'), 0)
  t.not(await check("linux /vmlinuz 'a\n"), 0)
})

for (const state of BOOT_STATES) {
  t.test(`the script of a host that is ${state}`, async t => {
    t.equal(await check(renderGrubScript(hostScript(WEB01, state, NO_SECRET, request('quiet')))), 0)
  })
}

t.test('any word that may stand in a script is a word to GRUB', async t => {
  const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter(
    c => c !== '\\',
  )
  for (const word of [
    ...printable.filter(c => !'#;'.includes(c)),
    ...printable.map(c => `a${c}b`),
    "a'b'c",
    '$x{',
  ])
    t.equal(await check(renderGrubScript(discoverScript(request(word)))), 0, word)
})
