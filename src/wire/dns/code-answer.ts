import { blankHeader, encodeMessage, type Message } from './message.ts'
import { EDNS_RECORD } from './query.ts'
import { recordType } from './record-type.ts'

const OPT = recordType('OPT')

/** Whether a request came with EDNS, so that its answer has it too (RFC 6891, section 6.1.1). Pure. */
export const hasEdns = ({ additionals }: Message): boolean => additionals.some(({ type }) => type === OPT)

/** An answer that is a code and the question. Pure. */
export const encodeCodeAnswer = (request: Message, rcode: number): Buffer =>
  encodeMessage({
    ...blankHeader(request.id, request.opcode),
    isResponse: true,
    recursionDesired: request.recursionDesired,
    rcode,
    questions: request.questions,
    answers: [],
    authorities: [],
    additionals: hasEdns(request) ? [EDNS_RECORD] : [],
  })
