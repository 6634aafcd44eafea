import type { SecondaryKind } from './secondary-server.ts'

/** Knot DNS (Debian's knot). */
export const KNOT: SecondaryKind = {
  name: 'knot',
  command: configFile => ['knotd', '-c', configFile],
  ready: /server started in the foreground/,
  config: ({ zone, primaryPort, port, key }, dir) => {
    const signed = key === undefined ? '' : `    key: ${key.name}\n`
    return `
server:
  listen: 127.0.0.1@${port}
  rundir: ${dir}
  udp-workers: 1
  tcp-workers: 1
database:
  storage: ${dir}
log:
  - target: stderr
    any: info
${key === undefined ? '' : `key:\n  - id: ${key.name}\n    algorithm: ${key.algorithm}\n    secret: ${key.secret.toString('base64')}`}
remote:
  - id: primary
    address: 127.0.0.1@${primaryPort}
${signed}acl:
  - id: notify
    address: 127.0.0.1
    action: notify
${signed}  - id: anybody
    address: 127.0.0.1
    action: transfer
zone:
  - domain: ${zone}
    storage: ${dir}
    file: secondary.zone
    master: primary
    acl: [notify, anybody]
`
  },
}
