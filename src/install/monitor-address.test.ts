import t from 'tap'
import { type MonitorWishes, resolveMonitor, serverOfUri } from './monitor-address.ts'

const none: MonitorWishes = {
  option: undefined,
  configured: undefined,
  variables: {},
  host: 'web01',
  mac: '52:54:00:12:34:56',
}
const all = { monserver: 'mon', FAI_MONITOR_PORT: '4712', SERVER: 'boot' }

const cases: Record<string, { wishes: Partial<MonitorWishes>; want: string | undefined }> = {
  'nobody names one': { wishes: {}, want: undefined },
  'SERVER, at the usual port': { wishes: { variables: { SERVER: 'boot' } }, want: 'boot:4711 web01' },
  'the configuration before SERVER': {
    wishes: { configured: 'conf:1', variables: { SERVER: 'boot' } },
    want: 'conf:1 web01',
  },
  'monserver before the configuration': {
    wishes: { configured: 'conf:1', variables: all },
    want: 'mon:4712 web01',
  },
  'the command line before all, with its own port': {
    wishes: { option: '192.0.2.1:9', configured: 'conf:1', variables: all },
    want: '192.0.2.1:9 web01',
  },
  'FAI_SENDID mac': {
    wishes: { option: 'm', variables: { FAI_SENDID: 'mac' } },
    want: 'm:4711 52:54:00:12:34:56',
  },
  'FAI_SENDID pxe': {
    wishes: { option: 'm', variables: { FAI_SENDID: 'pxe' } },
    want: 'm:4711 01-52-54-00-12-34-56',
  },
  'FAI_SENDID mac without a network card': {
    wishes: { option: 'm', mac: undefined, variables: { FAI_SENDID: 'mac' } },
    want: 'm:4711 web01',
  },
  'any other FAI_SENDID': {
    wishes: { option: 'm', variables: { FAI_SENDID: 'rack-7' } },
    want: 'm:4711 rack-7',
  },
  'an address that is none': { wishes: { variables: { monserver: 'a b' } }, want: undefined },
}

for (const [name, { wishes, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const found = resolveMonitor({ ...none, ...wishes })
    t.equal(found && `${found.host}:${found.port} ${found.sendId}`, want)
  })
}

t.test('the server of the URI of a config space', async t => {
  t.equal(serverOfUri('nfs://fai.example.test/srv/fai/config'), 'fai.example.test')
  t.equal(serverOfUri('git+ssh://me@fai.example.test:2222/config.git'), 'fai.example.test')
  t.equal(serverOfUri('file:///srv/config'), undefined)
  t.equal(serverOfUri('/srv/config'), undefined)
})
