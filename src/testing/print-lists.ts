import { readFileSync } from 'node:fs'
import type { HostName } from '../model/catalog.ts'
import { zonefileSource } from '../source/zone/zonefile-source.ts'
import { resolveHosts } from './resolve-site.ts'

// print-lists ZONE-FILE HOSTS-FILE: the lists of all hosts of example.test as JSON, without DEFAULT, host and LAST, and the
// CPU time of the resolver alone. For the
// benchmark that holds them beside `reclass --inventory`, which prints them too.

const [path = '', hostsPath = ''] = process.argv.slice(2)
const names = readFileSync(hostsPath, 'utf8').trim().split('\n')
const hosts = names.map((short): HostName => ({ short, fqdn: `${short}.example.test` }))
const { lists, resolveCpuMs } = await resolveHosts([zonefileSource({ zone: 'example.test', path })], hosts)
const ordered = Object.fromEntries([...lists].map(([host, list]) => [host, list.slice(1, -2)]))
process.stdout.write(JSON.stringify({ resolveCpuMs, lists: ordered }))
