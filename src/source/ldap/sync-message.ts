import { type BerWriter, Control, type Filter, SearchRequest } from 'ldapts'
import type { CountSteps } from '../../model/steps.ts'
import { WireError } from '../../wire/wire-error.ts'
import { berElements, type Elements, TAG } from './ber.ts'

/** Where a client stands in the contents of a server; in hexadecimal, since it is kept as plain data. */
export type SyncCookie = string

/** `entryUUID` of an entry, 32 hexadecimal digits: it stays when the DN changes. */
export type EntryUuid = string

/** An attribute of an entry as it came. */
export type SentAttribute = { readonly description: string; readonly values: readonly Buffer[] }

/** What a server says of an entry; undefined where it says nothing, because it does not know the control. */
export type SyncState = {
  readonly state: 'present' | 'add' | 'modify' | 'delete'
  readonly uuid: EntryUuid
  readonly cookie?: SyncCookie
}

/** How a refresh stage ended: by a phase of deletes, or of what is present. */
export type SyncDone = { readonly deletes: boolean; readonly cookie?: SyncCookie }

/** What a server sends in answer to a search of content synchronisation (RFC 4533, section 2). */
export type SyncMessage =
  | {
      readonly kind: 'entry'
      readonly dn: string
      readonly attributes: readonly SentAttribute[]
      readonly sync: SyncState | undefined
    }
  | { readonly kind: 'reference'; readonly urls: readonly string[] }
  | { readonly kind: 'new-cookie'; readonly cookie: SyncCookie }
  /** End of a phase: `refreshDelete` or `refreshPresent`; with `done` of the refresh stage. */
  | {
      readonly kind: 'phase-end'
      readonly phase: 'delete' | 'present'
      readonly done: boolean
      readonly cookie?: SyncCookie
    }
  /** `syncIdSet`: entries that are gone, or that are there unchanged. */
  | {
      readonly kind: 'id-set'
      readonly deletes: boolean
      readonly uuids: readonly EntryUuid[]
      readonly cookie?: SyncCookie
    }
  /** The end of the search, or of the connection; `sync` where it ends a refresh stage too. */
  | { readonly kind: 'end'; readonly code: number; readonly text: string; readonly sync?: SyncDone }
  /** Of another request, or of a kind that is none of ours. */
  | { readonly kind: 'other' }

/** A search that is to go on for ever. */
export type SyncRequest = {
  readonly messageId: number
  readonly baseDn: string
  readonly filter: Filter
  readonly attributes: readonly string[]
  readonly cookie: SyncCookie | undefined
}

/**
 * The search with its Sync Request Control (RFC 4533, section 2.2), which is critical: a server that does not know it
 * refuses. Without `reloadHint`: one that cannot go on from the cookie says so, and does not send all of it.
 *
 *     syncRequestValue ::= SEQUENCE { mode ENUMERATED { refreshOnly (1), refreshAndPersist (3) },
 *                                     cookie OCTET STRING OPTIONAL, reloadHint BOOLEAN DEFAULT FALSE }
 */
export const encodeSyncSearch = ({ messageId, baseDn, filter, attributes, cookie }: SyncRequest): Buffer =>
  new SearchRequest({
    messageId,
    baseDN: baseDn,
    scope: 'sub',
    timeLimit: 0,
    filter,
    attributes: [...attributes],
    controls: [new SyncRequestControl(cookie)],
  }).write()

class SyncRequestControl extends Control {
  readonly #cookie: SyncCookie | undefined

  constructor(cookie: SyncCookie | undefined) {
    super(SYNC_REQUEST, { critical: true })
    this.#cookie = cookie
  }

  protected override writeControl(writer: BerWriter): void {
    writer.startSequence(TAG.octetString)
    writer.startSequence()
    writer.writeEnumeration(REFRESH_AND_PERSIST)
    if (this.#cookie !== undefined) writer.writeBuffer(Buffer.from(this.#cookie, 'hex'), TAG.octetString)
    writer.endSequence()
    writer.endSequence()
  }
}

/**
 * Decodes one message that came in answer to the search of `messageId` (RFC 4511, section 4.1.1); throws a `WireError`.
 *
 *     LDAPMessage ::= SEQUENCE { messageID INTEGER, protocolOp CHOICE { ... }, controls [0] OPTIONAL }
 */
export const decodeSyncMessage = (bytes: Buffer, messageId: number, count?: CountSteps): SyncMessage => {
  const message = berElements(bytes, count).inside(TAG.sequence)
  const id = message.number(TAG.integer)
  // A notice of disconnection (RFC 4511, section 4.4.1) is about no request.
  if (id === 0) return decodeEnd(message.inside(EXTENDED_RESPONSE))
  if (id !== messageId) return { kind: 'other' }
  if (message.isNext(SEARCH_ENTRY)) return decodeEntry(message, count)
  if (message.isNext(SEARCH_REFERENCE))
    return { kind: 'reference', urls: allTexts(message.inside(SEARCH_REFERENCE)) }
  if (message.isNext(SEARCH_DONE)) return decodeSearchDone(message, count)
  if (message.isNext(INTERMEDIATE)) return decodeIntermediate(message.inside(INTERMEDIATE), count)
  throw new WireError('the answer to a search is none', 0)
}

//  syncDoneValue ::= SEQUENCE { cookie OCTET STRING OPTIONAL, refreshDeletes BOOLEAN DEFAULT FALSE }
const decodeSearchDone = (message: Elements, count: CountSteps | undefined): SyncMessage => {
  const end = decodeEnd(message.inside(SEARCH_DONE))
  const value = controlValue(message, SYNC_DONE)
  if (value === undefined) return end
  const fields = berElements(value, count).inside(TAG.sequence)
  const cookie = cookieIn(fields)
  return { ...end, sync: { deletes: fields.hasMore() ? fields.boolean() : false, ...cookie } }
}

//  LDAPResult ::= SEQUENCE { resultCode ENUMERATED, matchedDN LDAPDN, diagnosticMessage LDAPString, ... }
const decodeEnd = (result: Elements): Extract<SyncMessage, { kind: 'end' }> => {
  const code = result.number(TAG.enumerated)
  result.skip()
  return { kind: 'end', code, text: result.text(TAG.octetString) }
}

//  SearchResultEntry ::= SEQUENCE { objectName LDAPDN, attributes SEQUENCE OF SEQUENCE { type, vals SET OF } }
const decodeEntry = (message: Elements, count: CountSteps | undefined): SyncMessage => {
  const entry = message.inside(SEARCH_ENTRY)
  const dn = entry.text(TAG.octetString)
  const list = entry.inside(TAG.sequence)
  const attributes: SentAttribute[] = []
  while (list.hasMore()) {
    const attribute = list.inside(TAG.sequence)
    const description = attribute.text(TAG.octetString)
    attributes.push({ description, values: allOctets(attribute.inside(TAG.set)) })
  }
  const state = controlValue(message, SYNC_STATE)
  return { kind: 'entry', dn, attributes, sync: state && decodeSyncState(berElements(state, count)) }
}

//  syncStateValue ::= SEQUENCE { state ENUMERATED, entryUUID OCTET STRING (SIZE(16)), cookie OCTET STRING OPTIONAL }
const decodeSyncState = (value: Elements): SyncState => {
  const fields = value.inside(TAG.sequence)
  const state = STATES[fields.number(TAG.enumerated)]
  if (state === undefined) throw new WireError('the state of an entry is none', 0)
  return { state, uuid: toUuid(fields.octets(TAG.octetString)), ...cookieIn(fields) }
}

//  IntermediateResponse ::= SEQUENCE { responseName [0] LDAPOID OPTIONAL, responseValue [1] OCTET STRING OPTIONAL }
const decodeIntermediate = (response: Elements, count: CountSteps | undefined): SyncMessage => {
  const name = response.isNext(CONTEXT) ? response.text(CONTEXT) : ''
  return name === SYNC_INFO
    ? decodeSyncInfo(berElements(response.octets(CONTEXT | 1), count))
    : { kind: 'other' }
}

/**
 *     syncInfoValue ::= CHOICE {
 *         newcookie      [0] OCTET STRING,
 *         refreshDelete  [1] SEQUENCE { cookie OCTET STRING OPTIONAL, refreshDone BOOLEAN DEFAULT TRUE },
 *         refreshPresent [2] SEQUENCE { the same },
 *         syncIdSet      [3] SEQUENCE { cookie OCTET STRING OPTIONAL, refreshDeletes BOOLEAN DEFAULT FALSE,
 *                                       syncUUIDs SET OF OCTET STRING (SIZE(16)) } }
 */
const decodeSyncInfo = (value: Elements): SyncMessage => {
  if (value.isNext(CONTEXT)) return { kind: 'new-cookie', cookie: value.octets(CONTEXT).toString('hex') }
  if (value.isNext(CONSTRUCTED | 3)) {
    const set = value.inside(CONSTRUCTED | 3)
    const cookie = cookieIn(set)
    const deletes = set.hasMore() && !set.isNext(TAG.set) ? set.boolean() : false
    return { kind: 'id-set', deletes, uuids: allOctets(set.inside(TAG.set)).map(toUuid), ...cookie }
  }
  const phase = value.isNext(CONSTRUCTED | 1) ? 'delete' : 'present'
  const end = value.inside(CONSTRUCTED | (phase === 'delete' ? 1 : 2))
  const cookie = cookieIn(end)
  return { kind: 'phase-end', phase, done: end.hasMore() ? end.boolean() : true, ...cookie }
}

//  Control ::= SEQUENCE { controlType LDAPOID, criticality BOOLEAN DEFAULT FALSE, controlValue OCTET STRING OPTIONAL }
const controlValue = (message: Elements, type: string): Buffer | undefined => {
  if (!message.isNext(CONSTRUCTED)) return undefined
  const controls = message.inside(CONSTRUCTED)
  while (controls.hasMore()) {
    const control = controls.inside(TAG.sequence)
    if (control.text(TAG.octetString) !== type) continue
    if (control.hasMore() && !control.isNext(TAG.octetString)) control.boolean()
    return control.octets(TAG.octetString)
  }
  return undefined
}

const cookieIn = (fields: Elements): { cookie?: SyncCookie } =>
  fields.isNext(TAG.octetString) ? { cookie: fields.octets(TAG.octetString).toString('hex') } : {}

const allOctets = (elements: Elements): readonly Buffer[] => {
  const found: Buffer[] = []
  while (elements.hasMore()) found.push(elements.octets(TAG.octetString))
  return found
}

const allTexts = (elements: Elements): readonly string[] =>
  allOctets(elements).map(bytes => bytes.toString('utf8'))

const toUuid = (bytes: Buffer): EntryUuid => {
  if (bytes.length !== 16) throw new WireError('an entryUUID is not 16 octets', 0)
  return bytes.toString('hex')
}

const SYNC_REQUEST = '1.3.6.1.4.1.4203.1.9.1.1'
const SYNC_STATE = '1.3.6.1.4.1.4203.1.9.1.2'
const SYNC_DONE = '1.3.6.1.4.1.4203.1.9.1.3'
const SYNC_INFO = '1.3.6.1.4.1.4203.1.9.1.4'
const REFRESH_AND_PERSIST = 3
const STATES = ['present', 'add', 'modify', 'delete'] as const

/** Tags of the operations (RFC 4511, section 4.1.1), and of fields that are told apart by number. */
const SEARCH_ENTRY = 0x64
const SEARCH_DONE = 0x65
const SEARCH_REFERENCE = 0x73
const EXTENDED_RESPONSE = 0x78
const INTERMEDIATE = 0x79
const CONTEXT = 0x80
const CONSTRUCTED = 0xa0
