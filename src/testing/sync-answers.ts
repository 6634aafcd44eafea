import { BerWriter } from 'ldapts'
import { TAG } from '../source/ldap/ber.ts'
import type { SyncMessage } from '../source/ldap/sync-message.ts'

/** What a server of content synchronisation says to the search of `messageId` (RFC 4533, section 2). */
export const encodeSyncAnswer = (messageId: number, answer: SyncMessage): Buffer => {
  const writer = new BerWriter()
  within(writer, TAG.sequence, () => {
    writer.writeInt(answer.kind === 'other' ? messageId + 1 : messageId)
    writeOperation(writer, answer)
  })
  return Buffer.from(writer.buffer)
}

const writeOperation = (writer: BerWriter, answer: SyncMessage): void => {
  switch (answer.kind) {
    case 'entry':
      within(writer, 0x64, () => writeEntry(writer, answer))
      writeState(writer, answer.sync)
      break
    case 'reference':
      within(writer, 0x73, () => writer.writeStringArray([...answer.urls]))
      break
    case 'end':
      within(writer, 0x65, () => {
        writer.writeEnumeration(answer.code)
        writer.writeString('')
        writer.writeString(answer.text)
      })
      writeDone(writer, answer.sync)
      break
    case 'other':
      within(writer, 0x65, () => writer.writeEnumeration(0))
      break
    case 'new-cookie':
    case 'phase-end':
    case 'id-set':
      within(writer, 0x79, () => {
        writer.writeString(`${SYNC}.4`, 0x80)
        within(writer, 0x81, () => writeInfo(writer, answer))
      })
      break
  }
}

type Answer<Kind extends SyncMessage['kind']> = Extract<SyncMessage, { kind: Kind }>

const writeEntry = (writer: BerWriter, { dn, attributes }: Answer<'entry'>): void => {
  writer.writeString(dn)
  within(writer, TAG.sequence, () => {
    for (const { description, values } of attributes)
      within(writer, TAG.sequence, () => {
        writer.writeString(description)
        within(writer, TAG.set, () => {
          for (const value of values) writer.writeBuffer(value, TAG.octetString)
        })
      })
  })
}

const writeState = (writer: BerWriter, sync: Answer<'entry'>['sync']): void => {
  if (sync === undefined) return
  writeControl(writer, `${SYNC}.2`, () => {
    writer.writeEnumeration(['present', 'add', 'modify', 'delete'].indexOf(sync.state))
    writer.writeBuffer(Buffer.from(sync.uuid, 'hex'), TAG.octetString)
    writeCookie(writer, sync.cookie)
  })
}

const writeDone = (writer: BerWriter, sync: Answer<'end'>['sync']): void => {
  if (sync === undefined) return
  writeControl(writer, `${SYNC}.3`, () => {
    writeCookie(writer, sync.cookie)
    if (sync.deletes) writer.writeBoolean(true)
  })
}

const writeInfo = (writer: BerWriter, info: Answer<'new-cookie' | 'phase-end' | 'id-set'>): void => {
  switch (info.kind) {
    case 'new-cookie':
      writer.writeBuffer(Buffer.from(info.cookie, 'hex'), 0x80)
      break
    case 'phase-end':
      within(writer, info.phase === 'delete' ? 0xa1 : 0xa2, () => {
        writeCookie(writer, info.cookie)
        if (!info.done) writer.writeBoolean(false)
      })
      break
    case 'id-set':
      within(writer, 0xa3, () => {
        writeCookie(writer, info.cookie)
        if (info.deletes) writer.writeBoolean(true)
        within(writer, TAG.set, () => {
          for (const uuid of info.uuids) writer.writeBuffer(Buffer.from(uuid, 'hex'), TAG.octetString)
        })
      })
      break
  }
}

const writeControl = (writer: BerWriter, type: string, write: () => void): void =>
  within(writer, 0xa0, () =>
    within(writer, TAG.sequence, () => {
      writer.writeString(type)
      within(writer, TAG.octetString, () => within(writer, TAG.sequence, write))
    }),
  )

const writeCookie = (writer: BerWriter, cookie: string | undefined): void => {
  if (cookie !== undefined) writer.writeBuffer(Buffer.from(cookie, 'hex'), TAG.octetString)
}

const within = (writer: BerWriter, tag: number, write: () => void): void => {
  writer.startSequence(tag)
  write()
  writer.endSequence()
}

const SYNC = '1.3.6.1.4.1.4203.1.9.1'
