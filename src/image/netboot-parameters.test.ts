import t from 'tap'
import { parseKernelCommandLine } from '../model/kernel-command-line.ts'
import { parseNetbootParameters } from './netboot-parameters.ts'

const parse = (text: string) => parseNetbootParameters(parseKernelCommandLine(text))

t.test('what the boot server writes', async t => {
  const { value, diagnostics } = parse(
    'console=ttyS0 FAI_ACTION=install FAI_FLAGS=verbose,reboot FAI_CONFIG_SRC=http://192.0.2.1:8080/config.tar.gz ' +
      'BOOTIF=01-52-54-00-12-34-56 hostname=Web01 FAI_CLASSES_SERVER=http://192.0.2.1:8080/ FAI_CLASSES_TOKEN=a-_9 ' +
      'ADDCLASSES=TEST,BIG ethdevice=enp1s0 netscript=http://192.0.2.1/net.sh',
  )
  t.strictSame(diagnostics, [])
  t.strictSame(value, {
    action: 'install',
    flags: ['verbose', 'reboot'],
    added: ['TEST', 'BIG'],
    configSpace: 'http://192.0.2.1:8080/config.tar.gz',
    hostname: 'web01',
    mac: '52:54:00:12:34:56',
    device: 'enp1s0',
    netscript: 'http://192.0.2.1/net.sh',
    server: 'http://192.0.2.1:8080',
    token: 'a-_9',
  })
})

t.test('an action alone is enough, and none is not', async t => {
  t.strictSame(parse('FAI_ACTION=sysinfo').value, { action: 'sysinfo', flags: [], added: [] })
  t.match(parse('quiet').diagnostics, [
    { code: 'kernel-parameter-invalid', message: 'FAI_ACTION is the name of an action, found ""' },
  ])
})

t.test('a value that is not of its kind is named, each of them', async t => {
  const wrong = [
    ...['FAI_ACTION=a/../b', 'FAI_FLAGS=$(reboot)', 'ADDCLASSES=a;b', 'FAI_CONFIG_SRC=http://x/y.zip'],
    ...[
      'hostname=a_b/',
      'BOOTIF=01-52',
      'ethdevice=../eth0',
      'netscript=file:///etc/x',
      'FAI_CLASSES_SERVER=ftp://x',
    ],
  ]
  for (const word of wrong) {
    const name = word.slice(0, word.indexOf('='))
    const others = name === 'FAI_ACTION' ? '' : 'FAI_ACTION=install '
    const { value, diagnostics } = parse(others + word)
    t.equal(value, undefined, word)
    t.strictSame(
      diagnostics.map(({ message }) => message.split(' ')[0]),
      [name],
    )
  }
})

t.test('a token is shown to nobody', async t => {
  const { diagnostics } = parse('FAI_ACTION=install FAI_CLASSES_TOKEN=secret/secret')
  t.equal(diagnostics.length, 1)
  t.notMatch(diagnostics[0]?.message, /secret/)
})

t.test('a MAC has its kind of hardware before it, or not', async t => {
  for (const text of [
    '01-52-54-00-12-34-56',
    '52:54:00:12:34:56',
    '52-54-00-12-34-56',
    '01:52:54:00:12:34:56',
  ])
    t.equal(parse(`FAI_ACTION=install BOOTIF=${text}`).value?.mac, '52:54:00:12:34:56', text)
  t.equal(parse('FAI_ACTION=install BOOTIF=01-02-03-04-05-06').value?.mac, '01:02:03:04:05:06')
})
