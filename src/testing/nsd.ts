import type { SecondaryKind } from './secondary-server.ts'

/** NSD (Debian's nsd). */
export const NSD: SecondaryKind = {
  name: 'nsd',
  command: configFile => ['nsd', '-d', '-c', configFile],
  ready: /nsd started/,
  config: ({ zone, primaryPort, port, key }, dir) => `
server:
  ip-address: 127.0.0.1@${port}
  username: ""
  zonesdir: "${dir}"
  database: ""
  pidfile: ""
  xfrdfile: "${dir}/xfrd.state"
  xfrdir: "${dir}"
  zonelistfile: "${dir}/zone.list"
  server-count: 1
  verbosity: 2
remote-control:
  control-enable: no
${key === undefined ? '' : `key:\n  name: "${key.name}"\n  algorithm: ${key.algorithm}\n  secret: "${key.secret.toString('base64')}"`}
zone:
  name: ${zone}
  zonefile: "secondary.zone"
  allow-notify: 127.0.0.1 ${key?.name ?? 'NOKEY'}
  provide-xfr: 127.0.0.1 NOKEY
  request-xfr: 127.0.0.1@${primaryPort} ${key?.name ?? 'NOKEY'}
`,
}
