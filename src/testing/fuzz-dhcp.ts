import { isDeepStrictEqual } from 'node:util'
import type { CountSteps } from '../model/steps.ts'
import { type DhcpMessage, decodeMessage, encodeMessage, mostReplyOctets } from '../wire/dhcp/message.ts'
import type { PlacedOption, RawOption } from '../wire/dhcp/option-field.ts'
import { decodeOption, encodeOption, OPTIONS, type Option } from '../wire/dhcp/options.ts'
import { WireError } from '../wire/wire-error.ts'
import { CAPTURE_FILES, capturedDhcp } from './captured-packets.ts'
import type { FuzzTarget } from './fuzz.ts'
import { answerMessage } from './fuzz-dhcp-answer.ts'

type Decoded = DhcpMessage<PlacedOption>

const captured = CAPTURE_FILES.flatMap(capturedDhcp)
const [FIRST = Buffer.alloc(0)] = captured

/** What no client of the captures sends, but relays and servers do: 43, 82 and 121, and options in other fields. */
const crowded = encodeMessage(
  {
    ...decodeMessage(FIRST),
    options: [
      encodeOption(OPTIONS.messageType, 'request'),
      encodeOption(OPTIONS.vendorOptions, [{ code: 6, octets: Buffer.of(8) }]),
      encodeOption(OPTIONS.userClass, { form: 'list', classes: ['a', 'bc'] }),
      encodeOption(OPTIONS.nameServers, ['192.0.2.1', '192.0.2.2']),
      encodeOption(OPTIONS.bootFileName, 'pxelinux.0'),
      encodeOption(OPTIONS.relayAgent, [{ code: 1, octets: Buffer.from('eth0') }]),
      encodeOption(OPTIONS.routes, [
        { destination: '10.0.0.0', prefixLength: 8, router: '192.0.2.1' },
        { destination: '0.0.0.0', prefixLength: 0, router: '192.0.2.1' },
      ]),
    ],
  },
  300,
).octets

/** A message is the same after it was encoded and decoded again; in little room what is missing was said. */
const checkEncoding = (message: Decoded): void => {
  const raw = ({ options, ...header }: DhcpMessage) => ({
    ...header,
    options: options.map(({ code, octets }) => ({ code, octets: Buffer.from(octets) })),
  })
  const sorted = (options: readonly RawOption[]) => options.map(({ code }) => code).sort((a, b) => a - b)
  const whole = encodeMessage(message)
  if (whole.omitted.length === 0 && whole.octets.length < mostReplyOctets()) {
    const before = { ...raw(message), options: sorted(message.options) }
    const again = decodeMessage(whole.octets)
    const after = { ...raw(again), options: sorted(again.options) }
    if (!isDeepStrictEqual(after, before)) throw new Error('a message is another one when it was encoded')
  }
  const { octets, omitted } = encodeMessage(message, mostReplyOctets())
  if (octets.length > mostReplyOctets()) throw new Error(`${octets.length} octets in a reply`)
  const kept = sorted([...decodeMessage(octets).options, ...omitted.map(code => ({ code, octets }))])
  if (!isDeepStrictEqual(kept, sorted(message.options))) throw new Error('an option is lost unsaid')
}

/** The value of an option in a message; undefined where it is absent or malformed. */
const soundValue = <T>(message: Decoded, option: Option<T>, count: CountSteps): T | undefined => {
  try {
    return decodeOption(message, option, count)
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

/** A value that was read can be written, and is the same when it is read again. */
const checkValue = <T>(message: Decoded, option: Option<T>, count: CountSteps): void => {
  const value = soundValue(message, option, count)
  if (value === undefined) return
  const again = option.kind.decode(option.kind.encode(value), 0)
  if (!isDeepStrictEqual(again, value)) throw new Error(`the value of option ${option.code} changes`)
}

/** Messages of clients, relays and servers, the value of every option that is known, and what a server answers. */
export const dhcpMessages: FuzzTarget = {
  corpus: [...captured, crowded],
  words: [
    '\x63\x82\x53\x63',
    '\xff',
    '\0',
    '\x34\x01\x01',
    '\x34\x01\x02',
    '\x34\x01\x03',
    '\x35\x01\x03',
    '\x52\x06\x01\x04eth0',
    '\x4d\x04iPXE',
    '\x4d\x05\x04iPXE',
    '\x2b\x04\x06\x01\x08\xff',
    '\x79\x05\0\xc0\0\x02\x01',
    '\x3d\x01a',
    '\x0c\0',
  ],
  /** An octet is looked at as a part of an option, of a joined one, and of its value, twice where options are in options: 3 seen. */
  mostSteps: 6,
  mostMs: 10,
  longCount: 5_000_000,
  attempt: (input, count) => {
    let message: Decoded
    try {
      message = decodeMessage(input, count)
    } catch (error) {
      if (error instanceof WireError && error.offset <= input.length) return
      throw error
    }
    checkEncoding(message)
    for (const option of Object.values(OPTIONS)) {
      checkValue(message, option as Option<unknown>, count)
    }
    try {
      answerMessage(message)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
  },
}
