import t from 'tap'
import { parseConfig } from '../config/parse-config.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { findDnsFaults } from './serve-dns-faults.ts'

const faultsOf = (dns: string): readonly string[] => {
  const { value } = parseConfig(
    `sources: [{ kind: zonefile, zone: example.test, path: z }]\nserve:\n  dns: { listen: "192.0.2.1", ${dns} }\n`,
    'c.yaml',
  )
  if (value?.serve === undefined) throw new Error('the configuration is not valid')
  return findDnsFaults(value.serve, value).map(formatDiagnostic)
}

t.test('a zone of its own, beside the sources', async t => {
  t.strictSame(
    faultsOf(
      'zone: classes.example.test, primary: ns.example.test, tsig: [{ name: K, secretFile: k }], secondaries: [{ server: "192.0.2.2", key: k. }, { server: "192.0.2.3" }]',
    ),
    [],
  )
})

t.test('what cannot be published is an error at its key', async t => {
  t.strictSame(
    faultsOf(
      'zone: Example.test., primary: ns.example.test, nameServers: [ns.example.org, example.test], secondaries: [{ server: "192.0.2.2", key: k }]',
    ),
    [
      'error config-invalid: c.yaml:3:31: serve.dns.zone: a source reads the zone example.test: publish another one',
      'error config-invalid: c.yaml:3:52: serve.dns.primary: ns.example.test stands in the zone example.test, which has no addresses',
      'error config-invalid: c.yaml:3:108: serve.dns.nameServers.1: example.test stands in the zone example.test, which has no addresses',
      'error config-invalid: c.yaml:3:160: serve.dns.secondaries.0.key: "k" is no name of a key of serve.dns.tsig',
    ],
  )
})
