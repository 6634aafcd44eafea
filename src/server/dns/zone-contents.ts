import { type Diagnostic, errorAt, type Origin } from '../../diagnostic/diagnostic.ts'
import { type ClassName, DEFAULT, foldClassName, LAST } from '../../model/class-name.ts'
import { ANSWER_HEAD_OCTETS, answerRecord } from './answer-record.ts'
import { classIndex, type RecordChange } from './class-index.ts'
import { recordsOfSet } from './class-set.ts'
import { publishedLabels } from './host-name.ts'
import { encodeList } from './list-record.ts'
import { ownerOf, roomForAnswer, TXT, type ZoneApex, type ZoneRecord } from './zone-record.ts'
import { type ZoneNode, type ZoneTree, zoneTree } from './zone-tree.ts'

/** One host by its full name, where one is known; undefined classes where it has no list, or is gone. */
export type HostList = { readonly name: string; readonly classes: readonly ClassName[] | undefined }

/** What decides which records there are. */
export type ContentsOptions = {
  readonly apex: ZoneApex
  /** Of the zones that hosts come from: their names below are what we publish. */
  readonly sourceApexes: readonly string[]
  readonly listOf: (name: string) => readonly ClassName[] | undefined
}

/** The records of hosts and classes, and their names as a tree. */
export type ZoneContents = {
  readonly find: ZoneTree['find']
  /** Swaps in the lists of these hosts, of which `listOf` knows by then. */
  readonly swap: (lists: Iterable<HostList>) => RecordChange
  /** Of the present state, also while that changes. */
  readonly records: () => Iterable<ZoneRecord>
  /** What is not published, or not as it is now. */
  readonly findings: () => readonly Diagnostic[]
}

/**
 * The records of hosts and classes; at first there are none.
 *
 *     one host with a list                       TXT
 *     several hosts with one name below zones    none of them, `host-ambiguous`
 *     a name that cannot be an owner             none, `name-invalid`
 *     a list that fits no message                the last one stays, `list-too-long`
 *     a class whose hosts fit a message          PTR for each of them
 *     a class whose hosts do not                 none, `class-too-large`
 *     DEFAULT, LAST and the host class           none
 */
export const zoneContents = ({ apex, sourceApexes, listOf }: ContentsOptions): ZoneContents => {
  const tree = zoneTree()
  const index = classIndex(apex, tree)
  const findings = new Map<string, Diagnostic>()

  /** Notes who has which name; gives the node, undefined where there can be none. */
  const claim = ({ name, classes }: HostList): ZoneNode | undefined => {
    const labels = publishedLabels(name, sourceApexes, apex.octets)
    if (labels === undefined) {
      if (classes === undefined) findings.delete(name)
      else findings.set(name, nameInvalid(apex, name))
      return undefined
    }
    const node = tree.nodeAt(labels)
    const others = node.hosts.filter(host => host !== name)
    node.hosts = classes === undefined ? others : [...others, name]
    return node
  }
  /** Puts another list at a node, or none. */
  const put = (node: ZoneNode, host: string | undefined, text: string | undefined): RecordChange => {
    const before = memberships(node.host, node.classes)
    const deleted = textRecords(node)
    tree.change(node, () => {
      node.host = host
      node.text = text
      node.classes = host === undefined ? [] : (listOf(host) ?? [])
    })
    index.move(node, before, memberships(host, node.classes))
    return { deleted, added: textRecords(node) }
  }
  const settle = (node: ZoneNode): readonly RecordChange[] => {
    const [host, ...others] = node.hosts
    findings.delete(node.labels)
    if (host === undefined || others.length > 0) {
      if (others.length > 0) findings.set(node.labels, hostAmbiguous(apex, node))
      return [put(node, undefined, undefined)]
    }
    const changes = node.host === undefined || node.host === host ? [] : [put(node, undefined, undefined)]
    const rdata = encodeList(listOf(host) ?? [])
    if (ANSWER_HEAD_OCTETS + rdata.length > roomForAnswer(apex, node.labels)) {
      findings.set(node.labels, listTooLong(apex, node, rdata.length))
      return changes
    }
    const text = answerRecord(TXT, apex.ttlSeconds, rdata)
    return text === node.text ? changes : [...changes, put(node, host, text)]
  }
  return {
    find: tree.find,
    swap: lists => {
      const touched = new Set<ZoneNode>()
      for (const list of lists) {
        const node = claim(list)
        if (node !== undefined) touched.add(node)
      }
      return joined([...[...touched].flatMap(settle), index.settle()])
    },
    records: () => recordsOf(tree),
    findings: () => [...findings.values(), ...index.findings()],
  }
}

/** The classes that are published of a list. */
const memberships = (host: string | undefined, classes: readonly ClassName[]): readonly ClassName[] => {
  if (host === undefined) return []
  const implicit = [DEFAULT, LAST, host, host.slice(0, Math.max(0, host.indexOf('.')))].map(foldClassName)
  return classes.filter(name => !implicit.includes(foldClassName(name)))
}

const textRecords = ({ labels, text }: ZoneNode): readonly ZoneRecord[] =>
  text === undefined ? [] : [textRecord(labels, text)]

const textRecord = (labels: string, text: string): ZoneRecord => ({
  labels,
  type: TXT,
  rdata: text.slice(ANSWER_HEAD_OCTETS),
})

const joined = (changes: readonly RecordChange[]): RecordChange => ({
  deleted: changes.flatMap(({ deleted }) => deleted),
  added: changes.flatMap(({ added }) => added),
})

/** A text and the members of a set are never changed in place, so holding them is holding the state. */
const recordsOf = (tree: ZoneTree): Iterable<ZoneRecord> => {
  const held = [...tree.nodes()].map(({ labels, text, pointers }) => ({
    labels,
    text,
    set: pointers,
    members: pointers?.members ?? [],
  }))
  return (function* () {
    for (const { labels, text, set, members } of held) {
      if (text !== undefined) yield textRecord(labels, text)
      if (set !== undefined) yield* recordsOfSet(set, members)
    }
  })()
}

const originOf = (apex: ZoneApex, labels: string): Origin & { readonly owner: string } => ({
  kind: 'record',
  zone: apex.name,
  owner: ownerOf(apex, labels),
  type: 'TXT',
})

const nameInvalid = (apex: ZoneApex, host: string): Diagnostic => {
  const message = `"${host}" cannot be a name below "${apex.name}": its list is not published`
  return errorAt('name-invalid', message, { kind: 'record', zone: apex.name, owner: apex.name, type: 'TXT' })
}

const hostAmbiguous = (apex: ZoneApex, { labels, hosts }: ZoneNode): Diagnostic => {
  const origin = originOf(apex, labels)
  const names = hosts
    .toSorted()
    .map(host => `"${host}"`)
    .join(', ')
  return errorAt(
    'host-ambiguous',
    `${names} would all be "${origin.owner}": none of them is published`,
    origin,
  )
}

const listTooLong = (apex: ZoneApex, { labels, hosts, text }: ZoneNode, octets: number): Diagnostic => {
  const origin = originOf(apex, labels)
  const instead = text === undefined ? 'it is not published' : 'its last list stays published'
  const message = `the list of "${hosts[0]}" has ${octets} octets as a TXT record, more than a message holds: ${instead}`
  return errorAt('list-too-long', message, origin)
}
